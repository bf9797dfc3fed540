import Testing

@testable import Pages

@Suite struct `A compact script` {
  private func compact(_ script: String) -> String {
    String(decoding: compactScript(Array(script.utf8)), as: UTF8.self)
  }

  @Test func `has no comments and no blanks but between words`() {
    #expect(
      compact("// why\nconst a = b => {\n  // how\n  return !b + 1;\n};\n")
        == "const a=b=>{return!b+1};")
    #expect(compact("for (const name of [1]) {\n}\n") == "for(const name of[1]){}")
    #expect(compact("a in\nb") == "a in b")
  }

  @Test func `keeps texts as they are`() {
    #expect(compact("x = \"a  b // ; }\" + y;") == "x=\"a  b // ; }\"+y;")
  }

  @Test func `of ours is under three kilobytes`() {
    let script = String(decoding: Assets.collector.bytes, as: UTF8.self)
    #expect(script.utf8.count < 3072)
    #expect(script.hasPrefix("(()=>{") && script.hasSuffix("})();"))
  }
}
