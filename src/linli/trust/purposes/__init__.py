"""Why personal data are kept, on what ground, for how long: data that people can read, and the rules that read them."""
