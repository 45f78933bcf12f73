"""Lists as offices keep them: staff, buildings and cases, in their own words."""
