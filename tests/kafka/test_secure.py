"""A broker that insists on TLS, a password and access control lists."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from flowsift.cli.main import main
from flowsift.engine.flink.api import flink_home
from flowsift.engine.flink.jvm import SHORT_LIVED
from flowsift.engine.settings import free_port
from flowsift.report import topics
from flowsift.testbed.clusters import BROKER_JARS, kafka_broker
from flowsift.testbed.generate import Recipe, to_kafka

from tests.support.environment import START_ENVIRONMENT
from tests.support.kafka import create

PASSWORD = "hush-hush-42"
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required "
# What docs/deploy.md says the principal needs.
RIGHTS = [
    (ResourceType.TOPIC, "flows", ResourcePatternType.LITERAL, AclOperation.READ),
    (ResourceType.GROUP, "flowsift-", ResourcePatternType.PREFIXED, AclOperation.READ),
    (ResourceType.TOPIC, "out.", ResourcePatternType.PREFIXED, AclOperation.WRITE),
    (ResourceType.TOPIC, "out.", ResourcePatternType.PREFIXED, AclOperation.CREATE),
    (ResourceType.TRANSACTIONAL_ID, "flowsift-", ResourcePatternType.PREFIXED, AclOperation.WRITE),
]


def keytool(*arguments):
    home = os.environ.get("JAVA_HOME")
    tool = str(Path(home, "bin", "keytool")) if home else "keytool"
    subprocess.run([tool, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    """(open address, that with TLS and passwords, that with certificates of clients, folder with certificates)."""
    if not any(BROKER_JARS.glob("*.jar")):
        pytest.skip("no Kafka: its jars need Maven; make jars")
    folder = tmp_path_factory.mktemp("secure")
    store = ["-keystore", str(folder / "broker.p12"), "-storepass", "changeit", "-alias", "broker"]
    keytool("-genkeypair", "-keyalg", "RSA", "-dname", "CN=broker", "-ext", "SAN=ip:127.0.0.1", *store)
    keytool("-exportcert", "-rfc", "-file", str(folder / "broker.pem"), *store)
    store = ["-keystore", str(folder / "client.p12"), "-storepass", "changeit", "-alias", "client"]
    keytool("-genkeypair", "-keyalg", "RSA", "-dname", "CN=client", *store)
    keytool("-exportcert", "-rfc", "-file", str(folder / "client.pem"), *store)
    trust = ["-keystore", str(folder / "trust.p12"), "-storepass", "changeit", "-alias", "client"]
    keytool("-importcert", "-noprompt", "-file", str(folder / "client.pem"), *trust)
    port, mutual = free_port(), free_port()
    settings = {
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL",
        "listener.name.ssl.ssl.client.auth": "required",
        "ssl.truststore.location": str(folder / "trust.p12"),
        "ssl.truststore.password": "changeit",
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_ssl.plain.sasl.jaas.config": f'{LOGIN} user_flowsift="{PASSWORD}";',
        "ssl.keystore.location": str(folder / "broker.p12"),
        "ssl.keystore.password": "changeit",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS;User:CN=client",
        "auto.create.topics.enable": "false",
    }
    listeners = [f"SASL_SSL://127.0.0.1:{port}", f"SSL://127.0.0.1:{mutual}"]
    with kafka_broker(folder / "kafka", settings, listeners, java=SHORT_LIVED) as server:
        create(server, "flows")
        create(server, "private")
        admin = AdminClient({"bootstrap.servers": server})
        allow = [
            AclBinding(kind, name, pattern, "User:flowsift", "*", operation, AclPermissionType.ALLOW)
            for kind, name, pattern, operation in RIGHTS
        ]
        for done in admin.create_acls(allow).values():
            done.result(30)
        to_kafka(Recipe(duration_s=600, rate=20.0), server, "flows", {}, None, lambda lines, time_ms: None)
        yield server, f"127.0.0.1:{port}", f"127.0.0.1:{mutual}", folder


def arguments(folder, address, topic, password=PASSWORD):
    """What a user gives, with client.properties as docs/deploy.md shows."""
    login = f'{LOGIN}username="flowsift" password="{password}";'
    (folder / "client.properties").write_text(
        f"security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config={login}\n"
        f"ssl.truststore.type=PEM\nssl.truststore.location={folder / 'broker.pem'}\n"
    )
    where = ["--input", f"kafka://{address}/{topic}", "--output", f"kafka://{address}", "--topic-prefix", "out."]
    properties = ["--properties", str(folder / "client.properties"), "--trace"]
    return ["run", "traffic_totals", "--source", "flows", "--bounded", *where, *properties]


def flowsift(folder, address, topic, password=PASSWORD):
    """Run a job as a user would, in a process of its own."""
    command = [sys.executable, "-m", "flowsift.cli.main", *arguments(folder, address, topic, password)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=START_ENVIRONMENT)
    check_that_it_is_secret(password, ended.stdout + ended.stderr)
    return ended


def check_that_it_is_secret(password, shown):
    logs = [log.read_text() for log in (flink_home() / "log").glob("*.log")]
    assert logs and not any(password in text for text in (shown, *logs))


def test_with_tls_a_password_and_the_rights_of_the_readme_a_job_runs(secure):
    server, address, _, folder = secure
    ended = flowsift(folder, address, "flows")
    assert ended.returncode == 0, ended.stderr
    [total] = [row for row in topics.rows(server, "out.traffic_totals") if row["entity"] == "all"]
    assert 0 < total["flow_count"] == sum(row["accepted"] for row in topics.rows(server, "out.ledger"))


@pytest.mark.parametrize(
    ("option", "words"), [("--explain", "TableSourceScan"), ("--print", "'properties.sasl.jaas.config' = '***'")]
)
def test_what_is_shown_of_a_job_holds_no_password(option, words, secure, capsys):
    _, address, _, folder = secure
    assert main([*arguments(folder, address, "flows"), option]) == 0
    shown = capsys.readouterr()
    assert words in shown.out
    check_that_it_is_secret(PASSWORD, shown.out + shown.err)


@pytest.mark.parametrize(
    ("topic", "password", "message"),
    [("flows", "wrong-password", "SaslAuthenticationException"), ("private", PASSWORD, "topic private does not exist")],
)
def test_without_them_it_is_one_clear_line(secure, topic, password, message):
    _, address, _, folder = secure
    ended = flowsift(folder, address, topic, password)
    assert ended.returncode == 2
    assert message in ended.stderr.splitlines()[0]


@pytest.mark.parametrize(("topic", "code"), [("out.made", 0), ("private", 2)])
def test_traffic_is_sent_with_the_same_file_as_it_is_read(secure, topic, code, capsys):
    server, address, _, folder = secure
    if not code:
        create(server, topic)
    properties = arguments(folder, address, topic)[-3:-1]
    truth = ["--truth", str(folder / "truth"), "--duration", "1m"]
    assert main(["generate", "--output", f"kafka://{address}/{topic}", *properties, *truth]) == code
    assert PASSWORD not in "".join(capsys.readouterr())


@pytest.mark.parametrize("command", ["run", "generate"])
def test_a_client_shows_a_certificate_of_its_own(secure, command):
    server, _, mutual, folder = secure
    (folder / "mutual.properties").write_text(
        f"security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location={folder / 'broker.pem'}\n"
        f"ssl.keystore.type=PKCS12\nssl.keystore.location={folder / 'client.p12'}\nssl.keystore.password=changeit\n"
    )
    create(server, f"mutual-{command}")
    where = {"generate": ["--output", f"kafka://{mutual}/mutual-generate", "--duration", "1m"]}
    output = str(folder / "mutual")
    where["run"] = ["--source", "flows", "--input", f"kafka://{mutual}/flows", "--bounded", "--output", output]
    assert main([command, *where[command], "--properties", str(folder / "mutual.properties")]) == 0
