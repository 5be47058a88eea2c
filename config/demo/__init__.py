"""The parts that only the demo has: Rosa and Theo, the mail catcher, the page that shows what it caught."""
