import Events
import Stories

/// The positions of a breakdown's values in one segment, laid out for loops over many rows.
struct RowDimension: @unchecked Sendable {
  private enum Layout {
    case codes8(UnsafePointer<UInt8>, UnsafePointer<UInt16>)
    case codes16(UnsafePointer<UInt16>, UnsafePointer<UInt16>)
    case others
  }

  private let layout: Layout
  private let columns: DimensionColumns

  init(_ dimension: Dimension, _ columns: DimensionColumns, of segment: StorySegment) {
    self.columns = columns
    let codes = columns.dense.flatMap { dense in
      segment.property(dimension.name, .string).map { ($0.values, dense.positions) }
    }
    switch codes {
    case (.codes8(let codes), let positions)?:
      layout = codes.baseAddress.map { .codes8($0, positions) } ?? .others
    case (.codes16(let codes), let positions)?:
      layout = codes.baseAddress.map { .codes16($0, positions) } ?? .others
    default: layout = .others
    }
  }

  /// Makes cells of spans: `span × width + value` for rows from a first one on.
  @inline(__always) func divide(
    _ cells: UnsafeMutablePointer<UInt32>, from first: Int, count: Int, width: UInt32
  ) {
    switch layout {
    case .codes8(let codes, let positions):
      let codes = codes + first
      for row in 0..<count {
        cells[row] = cells[row] &* width &+ UInt32(positions[Int(codes[row])])
      }
    case .codes16(let codes, let positions):
      let codes = codes + first
      for row in 0..<count {
        cells[row] = cells[row] &* width &+ UInt32(positions[Int(codes[row])])
      }
    case .others:
      for row in 0..<count {
        cells[row] =
          cells[row] &* width
          &+ UInt32(truncatingIfNeeded: columns.position(first &+ row))
      }
    }
  }

  /// The position of a row's value.
  @inline(__always) func position(_ row: Int) -> Int {
    switch layout {
    case .codes8(let codes, let positions): Int(positions[Int(codes[row])])
    case .codes16(let codes, let positions): Int(positions[Int(codes[row])])
    case .others: columns.position(row)
    }
  }
}
