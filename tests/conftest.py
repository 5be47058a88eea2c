from tests.cast import alice, bob, charlie, dana, erin, signed_in

__all__ = ["alice", "bob", "charlie", "dana", "erin", "signed_in"]
