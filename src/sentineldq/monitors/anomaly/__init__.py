"""What is unusual in one series of numbers: a band of what was to be expected, and a score beside every point."""

from sentineldq.monitors.anomaly.detector import Detector, detect
from sentineldq.monitors.anomaly.model import Feedback, Interval, Point, Verdict
from sentineldq.monitors.anomaly.settings import Settings

__all__ = ["Detector", "Feedback", "Interval", "Point", "Settings", "Verdict", "detect"]
