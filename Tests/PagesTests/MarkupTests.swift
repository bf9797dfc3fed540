import Testing

@testable import Pages

@Suite struct `Markup of pages` {
  @Test func `escapes whatever is put into it`() {
    let name = "<script>alert('x')</script>"
    let markup: Markup = "<b title=\"\(name)\">\(name)</b>"
    #expect(!markup.text.contains("<script"))
    #expect(markup.text.contains("&lt;script&gt;alert(&#39;x&#39;)"))
  }

  @Test func `keeps markup that is put into it`() {
    let inner: Markup = "<i>\(1 + 1)</i>"
    let outer: Markup = "<p>\(inner)\([inner, inner])</p>"
    #expect(outer.text == "<p><i>2</i><i>2</i><i>2</i></p>")
  }

  @Test func `writes values of addresses with percent signs`() {
    let markup: Markup = "<a href=\"/customers/\(url: "user:a/b?c&\"")\">x</a>"
    #expect(markup.text == "<a href=\"/customers/user%3Aa%2Fb%3Fc%26%22\">x</a>")
  }

  @Test func `writes a word where its condition holds`() {
    let markup: Markup = "<input\(if: true, "checked")\(if: false, "disabled")>"
    #expect(markup.text == "<input checked>")
  }
}
