"""Client settings as the client needs them that is to use them, and what of them is secret."""

import pytest
from flowsift.engine.client_settings import for_connector, for_librdkafka, secrets_in
from flowsift.errors import UserError

MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule"
PLAIN = MODULE + ' required username="probe" password="a \\"b\\" org.apache.kafka.x";'
SHADED = "org.apache.flink.kafka.shaded."


def test_kafkas_classes_have_the_names_that_they_have_in_the_connector():
    settings = {
        "sasl.jaas.config": PLAIN,
        "sasl.login.callback.handler.class": "org.apache.kafka.common.security.oauthbearer.Handler",
        "interceptor.classes": "org.apache.kafka.A,org.apache.kafka.B,com.example.org.apache.kafka.C",
        "client.id": "org.apache.kafka.mine",
    }
    renamed = for_connector(settings)
    assert renamed["sasl.jaas.config"] == SHADED + PLAIN
    assert renamed["sasl.login.callback.handler.class"].startswith(SHADED + "org.apache.kafka.common.security.oauth")
    assert renamed["interceptor.classes"] == (
        f"{SHADED}org.apache.kafka.A,{SHADED}org.apache.kafka.B,com.example.org.apache.kafka.C"
    )
    assert renamed["client.id"] == settings["client.id"]
    assert for_connector(renamed) == renamed


def test_librdkafka_gets_the_same_login_and_certificates():
    assert for_librdkafka({"sasl.mechanism": "PLAIN", "sasl.jaas.config": PLAIN}) == {
        "sasl.mechanism": "PLAIN", "sasl.username": "probe", "sasl.password": 'a "b" org.apache.kafka.x',
    }  # fmt: skip
    trusted = {
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": "ca",
        "ssl.endpoint.identification.algorithm": "",
    }
    assert for_librdkafka(trusted) == {"ssl.ca.location": "ca", "ssl.endpoint.identification.algorithm": "none"}
    assert for_librdkafka({"ssl.truststore.location": "ca.jks", "ssl.ca.location": "x"}) == {"ssl.ca.location": "x"}
    store = {"ssl.keystore.location": "me.p12", "ssl.keystore.password": "p"}
    assert for_librdkafka(store) == store
    assert for_librdkafka({"ssl.keystore.location": "me.pem", "ssl.keystore.type": "PEM"}) == {
        "ssl.certificate.location": "me.pem", "ssl.key.location": "me.pem",
    }  # fmt: skip
    bearer = 'a.OAuthBearerLoginModule required clientId="c" clientSecret="s" scope="x";'
    assert for_librdkafka({"sasl.jaas.config": bearer, "sasl.oauthbearer.token.endpoint.url": "u"}) == {
        "sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.client.id": "c", "sasl.oauthbearer.client.secret": "s",
        "sasl.oauthbearer.scope": "x", "sasl.oauthbearer.token.endpoint.url": "u",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "instead"),
    [
        ({"ssl.truststore.location": "trust.jks"}, "ssl.ca.location=FILE.pem"),
        ({"ssl.keystore.location": "me.jks"}, "ssl.certificate.location=FILE.pem"),
        ({"sasl.jaas.config": 'x.Krb5LoginModule required keyTab="secret";'}, "sasl.kerberos.principal"),
    ],
)
def test_what_librdkafka_cannot_know_is_refused_with_the_cure(settings, instead):
    with pytest.raises(UserError, match=instead) as caught:
        for_librdkafka(settings)
    assert "secret" not in str(caught.value)


def test_passwords_inside_a_login_are_secret_and_short_ones_too():
    login = 'x.ScramLoginModule required username="flowsift" password="pw";'
    assert secrets_in({"sasl.jaas.config": login, "a": "1", "ssl.key.password": "k", "b": "long"}) == {
        login, "pw", "k", "long",
    }  # fmt: skip
