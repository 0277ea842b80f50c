"""Pure decisions of the register: codes, ages, status, addresses, matching. No database."""
