"""The demonstration: a synthetic community as the files that a real one's police station, hotline, counters and surveyor deliver.

Imports only the kernel, the methods and geometry libraries; loading the files is the ordinary import's business.
"""

from __future__ import annotations

from linli.site.demo.writing import DemoReport, write_demo

__all__ = ["DemoReport", "write_demo"]
