"""Sphinx: Chinese first, MyST Markdown, warnings are errors."""

project = "知行"
author = "The Zhixing developers"
copyright = "2026, the Zhixing developers"
language = "zh_CN"
extensions = ["myst_parser", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "知行"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
# No web font and no other outside request: the documentation is read on closed networks.
html_theme_options = {
    "light_css_variables": {
        "font-stack": "'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', sans-serif",
    },
}
