"""JupyterHub's configuration: assignments only; what they mean is in ``zhixing/hub``."""

import os

from zhixing.hub.configuration import configure
from zhixing.settings import settings_from_environ

configure(c, settings_from_environ(os.environ), os.environ)
