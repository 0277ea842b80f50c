"""Line icons on a 24 px grid, 2 px round strokes, one colour. Each is one path; always with a word beside or below."""

from __future__ import annotations

ICONS = {
    "check": "M12 3.5 2.5 20h19zM12 10v4M12 17v.5",
    "visit": "M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5M10 20v-6h4v6",
    "verify": "M5 3.5h14v17H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4",
    "again": "M19.5 12a7.5 7.5 0 1 1-2.4-5.5M19.5 3.5v4h-4",
    "camera": "M3.5 7.5h4l1.5-2.5h6l1.5 2.5h4v12h-17zM12 10a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 1 0 0-6.6",
    "list": "M5 3.5h14v17H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h7",
    "near": "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 7.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 1 0 0-4.6",
    "people": "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 1 0 0 7M2.5 20c0-4 3-5.5 6.5-5.5s6.5 1.5 6.5 5.5M15.5 4.8a3.5 3.5 0 0 1 0 6.4"
    "M18 14.8c2.2.7 3.5 2.3 3.5 5.2",
    "offline": "M2.5 2.5l19 19M5 11.5a10 10 0 0 1 3.5-2.2M8.5 15a5 5 0 0 1 5.2-1.2M12 19v.5"
    "M12.5 8.2A10 10 0 0 1 19 11.5M2 8.3a14.5 14.5 0 0 1 3.4-2.4M10 4.6a14.5 14.5 0 0 1 12 3.7",
    "next": "M9 5l7 7-7 7",
    "back": "M15 5l-7 7 7 7",
    "report": "M4 4.5h16v12h-9l-4 4v-4H4zM12 8v3M12 13.5v.5",
    "done": "M4 12.5l5 5 11-11",
}
