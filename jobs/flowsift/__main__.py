"""python -m flowsift, which `flink run -pym flowsift run …` starts as well."""

from flowsift.cli.main import program

if __name__ == "__main__":
    program()
