"""The similar-paper check over 10,000 papers: `python benchmarks/bench_similar.py`.

Prints its milliseconds (lowest of many) and how many times one indexed select of ten rows that is. The limit of the
issue is 200 ms for 10,000 papers.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DATABASE_ROLE", "owner")

from benchmarks import stage
from congress import embedded

ASK = """
import time
from congress.models import Role, User
from proposals.models import Precedent
from proposals.services import similar
office = User.objects.filter(username__startswith="scale-", groups__name=Role.OFFICE).first()
count = Precedent.objects.count()
title = "关于硬化通组道路（东南村）的提议"
text = "经走访发现，该问题长期未得到解决，原因在于责任主体不明确、资金渠道不畅。" * 5
def lowest(action):
    found = []
    for _turn in range(12):
        began = time.perf_counter()
        action()
        found.append((time.perf_counter() - began) * 1000)
    return min(found)
alike = similar.find(office, title, text)
mine = lowest(lambda: similar.find(office, title, text))
floor = lowest(lambda: list(Precedent.objects.order_by("pk").values_list("pk", "title")[:10]))
print(f"similar papers among {count}: {mine:.1f} ms, {mine / floor:.0f} x one select of ten rows; found {len(alike)}")
"""


def main() -> None:
    with embedded.running():
        database = "congress_papers"
        stage.make(database)
        stage.command(database, "manage.py", "prepare", "--verbosity", "0", role="owner")
        with stage.asking(database) as server:
            server.execute("SELECT FROM proposals_proposal LIMIT 1")
            filled = server.fetchone() is not None
        if not filled:
            stage.command(database, "manage.py", "seed_scale", "--times", "1", role="owner")
            stage.command(database, "manage.py", "seed_papers", "--count", "10000", role="owner")
        print(stage.command(database, "manage.py", "shell", "-c", ASK).strip().splitlines()[-1])


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"in {time.monotonic() - began:.0f} s")
