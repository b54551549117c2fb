package import Deliveries
internal import GRDB

/// How far the index of a source's texts is, and what it takes.
package struct TextIndexStatus: Sendable, Equatable {
    package let source: String
    /// Bodies that a search need not open to know what is in them.
    package let deliveryCount: Int64
    /// Blocks of 1024 deliveries that are indexed, and that could be.
    package let blockCount: Int64
    package let wholeBlockCount: Int64
    /// The last delivery of a block that is indexed.
    package let lastDelivery: DeliveryID?
    /// In the file, about.
    package let byteCount: Int64
}

extension TextIndexStatus {
    static func all(_ db: Database) throws -> [TextIndexStatus] {
        let whole = try TextIndexTables.wholeBlocks(db).map { $0.upperBound - $0.lowerBound + 1 } ?? 0
        return try Row.fetchAll(
            db,
            sql: """
                SELECT source, coalesce(sum(deliveryCount), 0), count(block), max(block), coalesce(sum(byteCount), 0)
                FROM textIndex LEFT JOIN textBlock ON textBlock.indexId = textIndex.id AND claim IS NULL
                WHERE NOT isDropped GROUP BY source ORDER BY source
                """
        ).map { row in
            TextIndexStatus(
                source: try row.decode(atIndex: 0), deliveryCount: try row.decode(atIndex: 1),
                blockCount: try row.decode(atIndex: 2), wholeBlockCount: whole,
                lastDelivery: try row.decode(Int64?.self, atIndex: 3).map {
                    DeliveryID(rawValue: TextBlock.deliveries(of: $0).upperBound)
                }, byteCount: try row.decode(atIndex: 4))
        }
    }
}

extension ArchiveReader {
    /// The sources whose texts are indexed, by name.
    package func textIndexes() throws(ArchiveReadFailure) -> [TextIndexStatus] {
        try read { try TextIndexStatus.all($0) }
    }

    /// Reads what there is to index of a block, some bodies under each snapshot. What does not open is left out.
    func textBlock(_ block: Int64, of source: String) throws(ArchiveReadFailure) -> TextBlockContent {
        var content = TextBlockContent()
        let deliveries = TextBlock.deliveries(of: block)
        var last = deliveries.lowerBound - 1
        while last < deliveries.upperBound {
            let rows = try read { db in
                try JournalRows.batch(after: last, countLimit: 64, byteCountLimit: 4 << 20, db, dictionaries)
            }
            guard let end = rows.last?.id.rawValue else { break }
            last = end
            for row in rows where row.source == source && row.id.rawValue <= deliveries.upperBound {
                if let body = try? row.openedBody() { content.add(body, ofDelivery: row.id.rawValue) }
            }
        }
        return content
    }
}
