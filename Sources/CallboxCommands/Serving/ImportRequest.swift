internal import StrictJSON

/// Some deliveries that a command wants in the journal.
struct ImportRequest: Equatable {
    /// Enough for one transaction; more go in the next request.
    static let byteCountLimit = 1024 * 1024
    static let countLimit = 256

    let records: [ImportRecord]
    /// Whether signatures are checked with the secrets of whoever writes.
    let checksSignatures: Bool

    var body: JSONText {
        .object([
            .init("checksSignatures", .boolean(checksSignatures)), .init("deliveries", .array(records.map(\.json))),
        ])
    }

    init(records: [ImportRecord], checksSignatures: Bool) {
        self.records = records
        self.checksSignatures = checksSignatures
    }

    /// Reads a request back; nil for anything that is none.
    init?(_ root: JSONValue) {
        guard let checks = root["checksSignatures"]?.boolean, let list = root["deliveries"], list.kind == .array else {
            return nil
        }
        var records: [ImportRecord] = []
        for value in list.elements {
            guard case .record(let record)? = try? RecordReader.read(value) else { return nil }
            records.append(record)
        }
        self.init(records: records, checksSignatures: checks)
    }
}

/// What came of it.
struct ImportedCount: Equatable {
    var imported: Int64 = 0
    /// Of these, what the secrets of today prove.
    var verified: Int64 = 0

    var json: JSONText {
        .object([.init("imported", .integer(imported)), .init("verified", .integer(verified))])
    }

    init(imported: Int64 = 0, verified: Int64 = 0) {
        self.imported = imported
        self.verified = verified
    }

    init(_ told: JSONDocument) {
        imported = told.root["imported"]?.integer ?? 0
        verified = told.root["verified"]?.integer ?? 0
    }

    mutating func add(_ next: ImportedCount) {
        imported += next.imported
        verified += next.verified
    }
}
