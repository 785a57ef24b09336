"""The loops that a script would have: boto3's scan and batch_writer. Prints items per CPU-second.

boto3_loop.py ENDPOINT read TABLE | write TABLE COUNT | load FILE (lines of TABLE, a tab, an item)
"""

import json
import sys
import time
from itertools import groupby

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config

dynamodb = boto3.resource(
    "dynamodb",
    endpoint_url=sys.argv[1],
    region_name="us-west-2",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"max_attempts": 1}),
)


def read(name):
    seen, more, table = 0, {}, dynamodb.Table(name)
    while True:
        page = table.scan(**more)
        seen += len(page["Items"])
        if "LastEvaluatedKey" not in page:
            return seen
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def write(name, items):
    count = 0
    with dynamodb.Table(name).batch_writer() as batch:
        for item in items:
            batch.put_item(Item=item)
            count += 1
    return count


def donation(number):
    return {
        "recurring": number % 3 == 0,
        "donationId": f"donation-{number:09}",
        "amount": 500 + number % 9000,
        "userId": f"user-{number // 7:06}",
        "currency": "GBP",
        "donatedAt": f"2026-05-{number % 28 + 1:02}T10:00:00.000Z",
        "campaign": f"spring-appeal-{number % 40}",
    }


def loaded(path):
    """Items by table, as a script would hold them; not part of what is measured."""
    plain = TypeDeserializer().deserialize
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t", 1) for line in file]
    return [
        (name, [plain({"M": json.loads(item)}) for _, item in group])
        for name, group in groupby(sorted(lines, key=lambda line: line[0]), key=lambda line: line[0])
    ]


what, given = sys.argv[2], sys.argv[3]
tables = loaded(given) if what == "load" else []
dynamodb.Table("any").load()  # connects, and loads what boto3 loads once
begun = time.process_time()
if what == "read":
    items = read(given)
elif what == "write":
    items = write(given, map(donation, range(int(sys.argv[4]))))
else:
    items = sum(write(name, items) for name, items in tables)
print(items / (time.process_time() - begun))
