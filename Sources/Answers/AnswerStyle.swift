import Engine
import Events
import Maps

/// How answers are shown to people.
public struct AnswerStyle: Sendable {
  /// How much of the receipt is shown.
  public enum ReceiptForm: Sendable { case brief, whole }

  /// The cells of a line; 40 or more.
  public var width: Int
  public var receipt: ReceiptForm
  /// The most characters that are shown of what somebody wrote.
  static let longestWords = 2_000
  let figures: Figures
  private let currency: String

  /// Makes a style.
  ///
  /// - Parameters:
  ///   - currency: the ISO 4217 code of amounts; empty: none is known.
  ///   - timezone: the IANA zone in which moments are shown.
  public init(
    width: Int = 80, receipt: ReceiptForm = .brief, currency: String = "",
    timezone: String = "UTC"
  ) {
    self.width = max(40, width)
    self.receipt = receipt
    self.currency = currency
    figures = Figures(currency: currency, timezone: timezone)
  }

  /// A cell of a column, for people.
  package func text(_ cell: AnswerTable.Cell, _ measure: AnswerTable.Measure) -> String {
    switch (cell, measure) {
    case (.text(let text), .words): text.cleaned(upTo: Self.longestWords)
    case (.text(let text), _): text.cleaned
    case (.none, .key), (.none, .note), (.none, .words): ""
    case (.none, _): Figures.none
    case (.count(let count), .share): figures.share(Double(count))
    case (.count(let count), .duration): figures.time(Double(count))
    case (.count(let count), .money): money(Double(count))
    case (.count(let count), _): figures.count(count)
    case (.number(let number), .share): figures.share(number)
    case (.number(let number), .duration): figures.time(number)
    case (.number(let number), .money): money(number)
    case (.number(let number), _): Self.number(number)
    }
  }

  /// Counted, open, left out with why, and how far the data reach: in one line.
  package func brief(_ receipt: Receipt) -> String {
    AnswerText.brief(receipt, self, width: .max).joined(separator: " · ")
  }

  private func money(_ amount: Double) -> String {
    currency.isEmpty ? Self.number(amount) : figures.money(amount)
  }

  /// A number with as many decimals as say something: `12,345`, `84.2`, `0.037`.
  static func number(_ number: Double) -> String {
    guard number.isFinite else { return Figures.none }
    switch abs(number) {
    case 1e15...: return "\(number)"
    case let size where size == size.rounded(): return Figures.fixed(number, 0)
    case 100...: return Figures.fixed(number, 1)
    case 1...: return Figures.fixed(number, 2)
    case 0.001...: return Figures.fixed(number, 3)
    default: return "\(number)"
    }
  }
}

/// How the numbers of a picture are written: a picture says no measure, so they tell it themselves.
enum PictureScale: Sendable, Equatable {
  case counts, shares
  /// With as many decimals as the largest asks for.
  case numbers(decimals: Int)

  /// Whole numbers are counts; others that lie between 0 and 1 are shares.
  init(_ values: some Sequence<Double>) {
    var (whole, share, most) = (true, true, 0.0)
    for value in values where value.isFinite {
      whole = whole && value == value.rounded()
      share = share && (0...1).contains(value)
      most = max(most, abs(value))
    }
    self =
      whole ? .counts : share ? .shares : .numbers(decimals: most >= 100 ? 1 : most >= 1 ? 2 : 4)
  }

  func text(_ value: Double) -> String {
    switch self {
    case .counts: AnswerStyle.number(value)
    case .shares: Figures(currency: "", timezone: "UTC").share(value)
    case .numbers(let decimals):
      abs(value) < 1e12 ? Figures.fixed(value, decimals) : AnswerStyle.number(value)
    }
  }
}
