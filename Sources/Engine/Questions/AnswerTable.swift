import Events

/// An answer's figures as rows, in the order in which they should be read.
public struct AnswerTable: Sendable, Equatable {
  /// What a column holds, which decides how it is written.
  public enum Measure: String, Sendable {
    /// A part of a row's key: text that says what the row is about.
    case key
    case count
    /// 0 to 1.
    case share
    /// Milliseconds.
    case duration
    /// The experience's currency.
    case money
    case number
    /// Text beside the figures.
    case note
    /// What somebody wrote: shown whole, under or beside its row.
    case words
  }

  /// A column; its name is lower case, in words joined by `_`, the same in CSV, text and JSON.
  public struct Column: Sendable, Equatable {
    public var name: String
    public var measure: Measure

    /// Makes a column.
    public init(_ name: String, _ measure: Measure) {
      self.name = name
      self.measure = measure
    }
  }

  /// A cell.
  public enum Cell: Sendable, Equatable {
    case text(String)
    case count(Int)
    case number(Double)
    /// Nothing to say.
    case none

    /// A number, or nothing.
    public static func optional(_ number: Double?) -> Cell { number.map(Cell.number) ?? .none }
  }

  public var columns: [Column]
  public private(set) var rows: [[Cell]] = []

  /// Makes a table without rows. The key columns come first, then the figure that counts customers.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row with one cell a column.
  public mutating func add(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "A row has a cell for every column.")
    rows.append(cells)
  }
}

/// The values of a row's key columns by column: which number of an answer is meant.
public struct AnswerRowKey: Sendable, Equatable {
  public private(set) var values: [String: String]

  /// Makes a key from values by column.
  public init(_ values: [String: String]) { self.values = values }

  /// Reads `step=cart` or `cohort=2026-03,period=2`; a comma in a value is written `\,`.
  ///
  /// - Throws: `customers.row`.
  public init(_ text: String) throws(Refusal) {
    var parts: [String] = [""]
    var escaped = false
    for character in text {
      if escaped {
        parts[parts.count - 1].append(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if character == "," {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    values = [:]
    for part in parts {
      guard let sign = part.firstIndex(of: "="), sign > part.startIndex else {
        throw Refusal(
          "customers.row", problem: "“\(part)” names no row.",
          remedy: "Write column=value, as the answer's table has them: step=cart.")
      }
      values[String(part[..<sign])] = String(part[part.index(after: sign)...])
    }
  }

  /// The key without one of its columns.
  func without(_ column: String) -> AnswerRowKey {
    AnswerRowKey(values.filter { $0.key != column })
  }

  /// The value of a column.
  ///
  /// - Throws: `customers.row` where there is none, or where the key names columns beside those asked for.
  public func value(_ column: String, of columns: [String]) throws(Refusal) -> String {
    if let stranger = values.keys.sorted().first(where: { !columns.contains($0) }) {
      throw Refusal(
        "customers.row", problem: "The answer's rows have no key column “\(stranger)”.",
        remedy: "Name a row by \(columns.joined(separator: ", ")).")
    }
    guard let value = values[column] else {
      throw Refusal(
        "customers.row", problem: "The row's \(column) is missing.",
        remedy: "Name a row by \(columns.joined(separator: ", ")).")
    }
    return value
  }

  /// Says that there is no row with a value.
  public static func unknown(_ column: String, _ value: String) -> Refusal {
    Refusal(
      "customers.row", problem: "The answer has no row with \(column) “\(value)”.",
      remedy: "Take a value from the answer's table.")
  }
}

/// What an answer looks like, drawn the same in a terminal and as SVG.
public indirect enum AnswerPicture: Sendable, Equatable {
  /// One bar a label; several values stand beside each other.
  case bars(title: String, series: [String], bars: [Bar])
  /// Lines over a common axis.
  case lines(title: String, axis: [String], lines: [Line])
  /// Shares in a grid, nil where there is nothing yet: retention, cells.
  case grid(title: String, rows: [String], columns: [String], shares: [[Double?]])
  /// Flows between columns of nodes.
  case flow(title: String, nodes: [Node], links: [Link])
  /// Figures with their intervals, one under the other.
  case ranges(title: String, ranges: [Range])
  /// Points on a square that is cut into four corners.
  case matrix(title: String, Matrix)
  /// Pictures of one kind under each other.
  case several(title: String, parts: [Part])

  /// What the picture shows.
  public var title: String {
    switch self {
    case .bars(let title, _, _), .lines(let title, _, _), .grid(let title, _, _, _),
      .flow(let title, _, _), .ranges(let title, _), .matrix(let title, _), .several(let title, _):
      title
    }
  }

  /// A picture among several, and what it is of.
  public struct Part: Sendable, Equatable {
    public var name: String
    public var picture: AnswerPicture

    /// Names a picture.
    public init(name: String, picture: AnswerPicture) {
      self.name = name
      self.picture = picture
    }
  }

  /// A label and its values, drawn beside each other.
  public struct Bar: Sendable, Equatable {
    public var label: String
    /// One for each series.
    public var values: [Double]

    /// Makes a bar.
    public init(_ label: String, _ values: [Double]) {
      self.label = label
      self.values = values
    }
  }

  /// A figure with its interval, as far as there is one.
  public struct Range: Sendable, Equatable {
    public var label: String
    public var value: Double?
    public var low: Double?
    public var high: Double?

    /// Makes a range.
    public init(_ label: String, _ value: Double?, low: Double?, high: Double?) {
      self.label = label
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// Points with names between two axes, each cut in two.
  public struct Matrix: Sendable, Equatable {
    /// What lies to the right, and what lies above.
    public var across: String
    public var up: String
    /// Where the axes are cut.
    public var cutAcross: Double
    public var cutUp: Double
    /// What the corners are called: left above, right above, left below, right below.
    public var corners: [String]
    public var points: [Point]

    /// A point with its name.
    public struct Point: Sendable, Equatable {
      public var name: String
      public var across: Double
      public var up: Double

      /// Makes a point.
      public init(_ name: String, across: Double, up: Double) {
        self.name = name
        self.across = across
        self.up = up
      }
    }

    /// Makes a matrix.
    public init(
      across: String, up: String, cutAcross: Double, cutUp: Double, corners: [String],
      points: [Point]
    ) {
      self.across = across
      self.up = up
      self.cutAcross = cutAcross
      self.cutUp = cutUp
      self.corners = corners
      self.points = points
    }
  }

  /// One line; nil where it has no point.
  public struct Line: Sendable, Equatable {
    public var name: String
    public var values: [Double?]

    /// Makes a line.
    public init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  /// A node of a flow.
  public struct Node: Sendable, Equatable {
    public var name: String
    /// The column from 0.
    public var column: Int
    public var count: Int

    /// Makes a node.
    public init(_ name: String, column: Int, count: Int) {
      self.name = name
      self.column = column
      self.count = count
    }
  }

  /// A flow between two nodes, by their positions.
  public struct Link: Sendable, Equatable {
    public var from: Int
    public var to: Int
    public var count: Int

    /// Makes a link.
    public init(from: Int, to: Int, count: Int) {
      self.from = from
      self.to = to
      self.count = count
    }
  }
}
