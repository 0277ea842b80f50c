"""Keeping data no longer than their purpose: announced first, deleted a week later, spared where the law holds them."""
