package flowsift.format;

/** What is wrong with a field of a record; without a trace, since it is an answer and no accident. */
final class Fault extends Exception {
  Fault(Field field, String how) {
    super(field.name + " " + how, null, false, false);
  }
}
