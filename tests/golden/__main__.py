"""Write the golden files anew: python -m tests.golden. What changed is for the reader of the diff to justify."""

from tests.golden import OPERATOR_IDS, operator_ids, operators

if __name__ == "__main__":
    OPERATOR_IDS.write_text("\n".join(operator_ids(operators())) + "\n", encoding="utf-8")
