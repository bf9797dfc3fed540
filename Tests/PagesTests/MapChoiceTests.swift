import Testing

@testable import Pages

@Suite struct `What a map's address chooses` {
  private let offer = MapPicker.Offer(segments: ["regulars"], personas: [], sets: ["late"])

  @Test func `is written as its query, with dates for own ranges only`() {
    #expect(MapChoice().query == "")
    #expect(MapChoice(range: "30", from: "2026-01-01").query == "?range=30")
    let own = MapChoice(
      range: MapChoice.own, from: "2026-01-01", to: "2026-02-01", population: "a&b \"c\"",
      compare: "before")
    #expect(
      own.query
        == "?range=own&from=2026-01-01&to=2026-02-01&for=a%26b%20%22c%22&compare=before")
    #expect(own.alone.compare == "")
  }

  @Test func `is chosen in the pickers, also where it is none of what is offered`() {
    let long = #"count("Order Completed") >= 3 && "# + String(repeating: "x", count: 300)
    let form = MapPicker(
      MapChoice(range: "30", population: long, compare: "for:regulars"), offer: offer
    ).form("/journeys/x").text
    #expect(form.contains("<option value=\"30\" selected>"))
    #expect(form.contains("<option value=\"for:regulars\" selected>regulars</option>"))
    #expect(form.contains(String(repeating: "x", count: 300) + "\" selected>"))
    #expect(!form.contains("type=\"date\""))
    #expect(form.contains("<optgroup label=\"Saved sets\"><option value=\"late\">late</option>"))
  }
}
