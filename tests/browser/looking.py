"""What a person would see at a glance: text cut off or wider than the window."""

from __future__ import annotations

from playwright.sync_api import Page

OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > width) found.push(`page is ${document.documentElement.scrollWidth} wide`);
  for (const node of document.querySelectorAll("body *")) {
    if (node.closest(".leaflet-container, .table-box, [data-scrolls], .segmented") || !node.offsetParent) continue;
    if (getComputedStyle(node).position === "absolute" && node.closest(".dropzone")) continue;
    const box = node.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1)) found.push(`${node.tagName}.${node.className}: ${(node.textContent || "").trim().slice(0, 40)}`);
    else if (node.children.length === 0 && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible" && getComputedStyle(node).textOverflow !== "ellipsis" && node.clientWidth && !["INPUT", "SELECT", "TEXTAREA", "PROGRESS"].includes(node.tagName))
      found.push(`cut: ${node.tagName}.${node.className}: ${(node.textContent || "").trim().slice(0, 40)}`);
  }
  return found.slice(0, 10);
}"""


def overflowing(page: Page) -> list[str]:
    """Return what is wider than the window or cut off without an ellipsis."""
    found: list[str] = page.evaluate(OVERFLOWING)
    return found
