import Answers
import Events
import Hummingbird
import Stories

/// Customers behind some number, as JSON by pages or as one file.
enum CustomerPage {
  static let types: [Operation.Content] = [
    .init(type: "application/json", schema: .of(Page<SeenCustomer>.self)),
    .init(
      type: "text/csv",
      schema: .text("All of them.", example: "customer,events,first,last\n")),
  ]
}

extension SeenCustomer: Given {
  static let title = "Customer"
  static let meaning = "What a list says of a customer."
  static let fields: [Schema.Field] = [
    .init("identity", .text("One of their identities.", example: "user:c0000001")),
    .init("events", .integer("How many events they have.", example: 23)),
    .init("first", .moment("When they were seen first.")),
    .init("last", .moment("When they were seen last.")),
  ]
}

extension Call {
  /// Customers in the type that is asked for.
  ///
  /// - Parameter keys: canonical keys, ascending.
  /// - Throws: `cursor.unknown`, `customers.file`.
  func reply(_ keys: [UInt64], of stories: Stories) async throws -> Reply {
    if type == "text/csv" {
      return Reply(text: try await visit.csv(keys, of: stories), type)
    }
    let after = try place().flatMap { UInt64($0, radix: 16) } ?? 0
    let rest = keys[keys.firstIndex(after: after)...].prefix(limit + 1)
    let next = rest.count > limit ? rest.dropLast().last.map(hexadecimal) : nil
    return try Reply(page(stories.customers(rest.prefix(limit)), next: next))
  }
}
