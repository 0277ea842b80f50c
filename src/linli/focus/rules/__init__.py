"""Pure decisions: what kinds of finding there are, how the evidence is judged, how findings are ranked and worded."""
