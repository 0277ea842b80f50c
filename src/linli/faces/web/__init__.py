"""The faces' own pages: the menu for narrow screens, the choice of large text, the gallery of components."""
