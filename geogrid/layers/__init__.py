"""Folium layers: what a map shows, composed once and drawn by the page's scripts."""
