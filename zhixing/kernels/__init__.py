"""Kernels: where other people's code runs, parted from everything that is not its business."""
