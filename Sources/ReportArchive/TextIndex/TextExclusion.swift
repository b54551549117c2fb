internal import GRDB

/// The deliveries of some blocks whose bodies cannot have any of the texts that a filter names, as the index says. What the
/// index does not know is never among them.
struct TextExclusion {
    private var excluded: [Int64: DeliverySet] = [:]

    /// Nil where the filter names no text, or one that is too short for the index.
    static func grams(_ filter: ReportFilter) -> [[UInt32]]? {
        guard !filter.texts.isEmpty else { return nil }
        let grams = filter.texts.map { TextGrams.needed(by: TextNeedle($0)) }
        return grams.contains(nil) ? nil : grams.compactMap(\.self)
    }

    /// - Parameter alternatives: the grams of each text.
    init(_ alternatives: [[UInt32]], in deliveries: ClosedRange<Int64>, _ db: Database) throws {
        let blocks = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT indexId, block, deliveries FROM textBlock
                    WHERE indexId IN (SELECT id FROM textIndex WHERE NOT isDropped) AND block BETWEEN ? AND ?
                        AND claim IS NULL
                    """),
            arguments: [
                TextBlock.block(ofDelivery: deliveries.lowerBound), TextBlock.block(ofDelivery: deliveries.upperBound),
            ])
        for row in blocks {
            let block: Int64 = try row.decode(atIndex: 1)
            guard var known = DeliverySet(stored: try row.decode(Blob.self, atIndex: 2).bytes) else { continue }
            for grams in alternatives where !known.isEmpty {
                known.subtract(try Self.having(grams, index: try row.decode(atIndex: 0), block, among: known, db))
            }
            excluded[block, default: DeliverySet()].formUnion(known)
        }
    }

    func contains(_ delivery: Int64) -> Bool {
        excluded[TextBlock.block(ofDelivery: delivery)]?.contains(TextBlock.place(ofDelivery: delivery)) ?? false
    }

    /// The part of a range that is not excluded, from the first to the last; nil where all of it is.
    func remainder(of deliveries: ClosedRange<Int64>) -> (bounds: ClosedRange<Int64>, count: Int)? {
        guard !excluded.isEmpty else { return (deliveries, deliveries.count) }
        let left = deliveries.lazy.filter { !contains($0) }
        guard let first = left.first, let last = deliveries.reversed().first(where: { !contains($0) }) else {
            return nil
        }
        return (first...last, left.count(where: { _ in true }))
    }

    private static func having(
        _ grams: [UInt32], index: Int64, _ block: Int64, among known: DeliverySet, _ db: Database
    ) throws -> DeliverySet {
        var found = known
        let statement = try db.cachedStatement(
            sql: "SELECT deliveries FROM textGram WHERE indexId = ? AND block = ? AND gram = ?")
        for gram in grams where !found.isEmpty {
            guard let stored = try Blob.fetchOne(statement, arguments: [index, block, Int64(gram)]) else {
                return DeliverySet()
            }
            // What does not read back says nothing.
            guard let set = DeliverySet(stored: stored.bytes) else { continue }
            found.formIntersection(set)
        }
        return found
    }
}
