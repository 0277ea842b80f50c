"""The roof: settings, addresses, command line, and what joins the flats (wiring)."""
