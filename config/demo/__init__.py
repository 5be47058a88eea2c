"""What exists only in the demo: Rosa and Theo, the mail catcher, the page that shows what it caught."""
