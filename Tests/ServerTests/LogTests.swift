import Events
import Logging
import Testing

@testable import Server

@Suite struct `The log` {
  @Test func `writes any text as a string of JSON`() {
    #expect("a\"b\\c\nd\u{1}\u{2028}é".quoted == #""a\"b\\c\nd\u0001\u2028é""#)
  }

  @Test func `has one line for each thing that is told, for programs and for people`() {
    let time = Instant(milliseconds: 1_772_366_400_000)
    let fields = [("client", "::1"), ("path", "/a b\n")]
    #expect(
      ServerLog.line(.json, at: time, .info, "an\nswered", fields)
        == #"{"time":"2026-03-01T12:00:00Z","level":"info","message":"an\nswered","client":"::1","#
        + #""path":"/a b\n"}"#)
    #expect(
      ServerLog.line(.text, at: time, .info, "an\nswered", fields)
        == #"2026-03-01T12:00:00Z info an\nswered client=::1 path="/a b\n""#)
  }
}
