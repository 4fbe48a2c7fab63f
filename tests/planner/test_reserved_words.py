"""The words that the catalog takes for reserved are those of Flink's parser."""

from flowsift.engine.flink.jvm import jvm
from flowsift.workbench.new import RESERVED


def test_reserved_words_are_those_of_flink():
    from pyflink.table import EnvironmentSettings, TableEnvironment

    java = jvm()
    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    loader = environment._j_tenv.getPlanner().getClass().getClassLoader()
    parser = loader.loadClass("org.apache.flink.sql.parser.impl.FlinkSqlParserImpl").getField("FACTORY").get(None)
    words = parser.getParser(java.java.io.StringReader("")).getMetadata()
    assert {word.lower() for word in words.getTokens() if words.isReservedWord(word)} - {"end-exec"} == RESERVED
