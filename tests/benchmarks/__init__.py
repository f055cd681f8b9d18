"""Figures, as ratios measured side by side in one run. No test has a time limit; these are for comparing."""
