internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// What a slice of indexing texts came to, on its way from whoever writes.
struct TextIndexProgress: Equatable {
    struct Block: Equatable {
        let source: String
        let first: DeliveryID
        let last: DeliveryID
    }

    /// Nil where nothing is left to index.
    let block: Block?

    init(_ slice: TextIndexSlice?) {
        block = slice.map {
            Block(source: $0.source, first: $0.deliveries.lowerBound, last: $0.deliveries.upperBound)
        }
    }

    init(_ told: JSONDocument) {
        guard let source = told.root["source"]?.string, let first = told.root["first"]?.integer,
            let last = told.root["last"]?.integer
        else {
            block = nil
            return
        }
        block = Block(source: source, first: DeliveryID(rawValue: first), last: DeliveryID(rawValue: last))
    }

    var json: JSONText {
        guard let block else { return .object([]) }
        return .object([
            .init("source", .string(block.source)), .init("first", .integer(block.first.rawValue)),
            .init("last", .integer(block.last.rawValue)),
        ])
    }
}
