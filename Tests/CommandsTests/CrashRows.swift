import Statistics
import Foundation

/// A file of made-up events with all that makes counting hard.
enum CrashRows {
  /// Whether rows tell repeats by a message id or by what they say.
  enum Messages: String, CaseIterable { case named, unnamed }

  private static let events = [
    "Page Viewed", "Product Viewed", "Cart Filled", "Checkout Started", "Order Completed",
  ]

  /// Rows of customers known and unknown, some with two identities, some equal to the one before,
  /// some without a time.
  static func csv(_ rows: Int, _ messages: Messages, seed: Int) -> [UInt8] {
    var dice = SeededGenerator(seed)
    var text: [UInt8] = []
    text.reserveCapacity(rows * 60)
    let header = "user_id,anonymous_id,event,time,channel,revenue"
    text += Array((header + (messages == .named ? ",message_id\n" : "\n")).utf8)
    var row: [UInt8] = []
    for number in 0..<rows {
      if row.isEmpty || !dice.one(in: 40) {
        row = line(number, customers: max(1, rows / 20), messages, &dice)
      }
      text += row
    }
    return text
  }

  private static func line(
    _ number: Int, customers: Int, _ messages: Messages, _ dice: inout SeededGenerator
  ) -> [UInt8] {
    let customer = dice.below(customers)
    let kind = dice.below(100)
    let user = kind < 20 ? "" : "user-\(customer)"
    let device = kind < 22 ? "device-\(customer)" : ""
    let time = dice.one(in: 500) ? "soon" : "\(1_700_000_000_000 + dice.below(1_000_000) * 1000)"
    var line = user + "," + device + "," + events[dice.below(events.count)] + "," + time
    line += dice.one(in: 2) ? ",web," : ",store,"
    line += String(dice.below(90))
    if messages == .named { line += ",m" + String(number) }
    return Array((line + "\n").utf8)
  }
}
