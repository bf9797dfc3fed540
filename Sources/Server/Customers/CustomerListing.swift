import Answers
import Engine
import Events
import Experience
import Hummingbird
import Pages
import Stories

/// Customers whom a page lists, whatever number they are behind.
extension Visit {
  /// How many customers one page lists.
  private static let pageLength = 50
  /// The most customers of a file: some 50 MB, which are made in memory.
  private static let longestFile = 1_000_000

  /// The customers of the page that the address asks for.
  ///
  /// - Parameters:
  ///   - keys: canonical keys, ascending.
  ///   - address: the list's address with its query, to which the next page's place is added.
  /// - Throws: `customers.after`.
  func list(
    _ keys: [UInt64], of stories: Stories, _ calendar: LocalCalendar, at address: String
  ) throws(Refusal) -> CustomerList {
    let after = try cursor()
    let rest = keys[keys.firstIndex(after: after)...]
    let shown = rest.prefix(Self.pageLength)
    let next = rest.count > shown.count ? shown.last : nil
    return CustomerList(
      stories.customers(shown), calendar, next: next.map { "\(address)&after=\(hexadecimal($0))" })
  }

  /// The key after which the page begins; none is 0, which is no customer's.
  private func cursor() throws(Refusal) -> UInt64 {
    guard let text = query("after") else { return 0 }
    guard let key = UInt64(text, radix: 16) else {
      throw Refusal(
        "customers.after", problem: "“\(text.prefix(40))” is no place in the list.",
        remedy: "Begin with the first page.")
    }
    return key
  }

  /// All of the customers as a file.
  ///
  /// - Throws: `customers.file` where there are too many.
  func file(_ keys: [UInt64], of stories: Stories, named name: String) async throws -> Response {
    Response.text(try await csv(keys, of: stories), "text/csv; charset=utf-8").named(name + ".csv")
  }

  /// All of the customers as CSV.
  ///
  /// - Throws: `customers.file` where there are too many.
  func csv(_ keys: [UInt64], of stories: Stories) async throws -> String {
    guard keys.count <= Self.longestFile else {
      throw Refusal(
        "customers.file", problem: "There are \(keys.count) customers.",
        remedy: "A file has at most \(Self.longestFile): choose a shorter range or a segment.")
    }
    return try await workspace.onCountingThreads {
      AnswerCSV.customers(stories.customers(keys))
    }
  }
}

extension CustomerList {
  /// Customers with the days on which they were seen.
  init(_ customers: [SeenCustomer], _ calendar: LocalCalendar, next: String? = nil) {
    let rows = customers.map { customer in
      Row(
        identity: customer.identity, events: customer.events,
        first: "\(calendar.day(customer.first))", last: "\(calendar.day(customer.last))")
    }
    self.init(rows, next: next)
  }
}

extension [UInt64] {
  /// The first position of ascending keys behind a key.
  func firstIndex(after key: UInt64) -> Int {
    withUnsafeBufferPointer { $0.firstPosition { $0 > key } }
  }
}
