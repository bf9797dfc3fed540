import Events
import Stories

/// How one file is read: its form, its columns and its times, settled before the first event.
///
/// Several threads may read chunks with it at the same time.
public struct EventFileFormat: Sendable {
  /// What is particular to each form of file.
  enum Layout: Sendable {
    case csv(CSVLayout)
    case jsonLines
    case xes
  }

  /// The form of the file.
  public let fileFormat: FileFormat
  /// The encoding of its text.
  public let encoding: TextEncoding
  let layout: Layout
  let options: ImportOptions
  let order: DateOrder
  let zone: ZoneTable
  /// Where the first record begins, in bytes before compression.
  let dataStart: Int

  /// Reads the records of a chunk into events.
  ///
  /// A record that cannot be taken is rejected with its reason and harms no other. Event names
  /// get their codes from `names`, which the threads share.
  public func read(_ chunk: Chunk, names: SharedEventNames) -> ReadChunk {
    chunk.bytes.span.withUnsafeBufferPointer { (buffer) -> ReadChunk in
      guard let bytes = buffer.baseAddress else {
        return ReadChunk(BatchWriter(expecting: 0), rejections: chunk.dropped, records: 0)
      }
      switch layout {
      case .csv(let layout):
        let sink = EventSink(
          chunk, bytes: bytes, names: names, fields: layout.fieldNames,
          eventName: options.eventName, clock: clock)
        var reader = CSVReader(layout, chunk, bytes: bytes, sink: sink)
        return reader.read()
      case .jsonLines:
        let sink = EventSink(
          chunk, bytes: bytes, names: names, fields: .init(), eventName: options.eventName,
          clock: clock)
        var reader = JSONReader(options, chunk, bytes: bytes, sink: sink)
        return reader.read()
      case .xes:
        let sink = EventSink(
          chunk, bytes: bytes, names: names, fields: .xes, eventName: options.eventName,
          clock: clock)
        return XESReader.read(chunk, bytes: bytes, sink: sink)
      }
    }
  }

  /// A reader of the file's times, for one thread.
  var clock: TimeReader {
    TimeReader(format: options.timeFormat, order: order, zone: zone)
  }
}

extension CSVLayout {
  /// The headers of the parts of an event, for rejections.
  var fieldNames: EventSink.FieldNames {
    func header(_ role: CSVColumn.Role) -> String? {
      columns.first { $0.role == role }?.header
    }
    return EventSink.FieldNames(
      customer: header(.customer), anonymous: header(.anonymous), event: header(.event),
      time: header(.time), message: header(.message))
  }
}
