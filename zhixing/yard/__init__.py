"""Yard: warm interpreters for one submission each, walled off from it all and from one another.

A yard is a box of bubblewrap with a fork-server in it (design.md, "Kernels"): the outer wall is
a well-kept tool; every job is a fork that goes on into namespaces of its own.
"""
