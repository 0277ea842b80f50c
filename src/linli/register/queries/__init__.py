"""Every read that leaves the register: masked, and within what the viewer may see."""
