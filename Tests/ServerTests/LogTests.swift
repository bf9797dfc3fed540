import Testing

@testable import Server

@Suite struct `The log` {
  @Test func `writes any text as a string of JSON`() {
    #expect("a\"b\\c\nd\u{1}\u{2028}é".quoted == #""a\"b\\c\nd\u0001\u2028é""#)
  }
}
