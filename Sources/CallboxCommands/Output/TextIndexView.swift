internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// What `archive index-text` writes.
enum TextIndexView {
    static func print(_ indexes: [TextIndexStatus], _ format: ViewFormat, _ console: Console) throws {
        guard format == .table else { return try console.print(JSONText.array(indexes.map(json)).line) }
        guard !indexes.isEmpty else { return }
        for line in table(indexes).lines(on: console) { try console.print(line) }
    }

    static func json(_ index: TextIndexStatus) -> JSONText {
        .object([
            .init("source", .string(index.source)), .init("bodies", .integer(index.deliveryCount)),
            .init("blocks", .integer(index.blockCount)), .init("wholeBlocks", .integer(index.wholeBlockCount)),
            .init("lastDelivery", index.lastDelivery.map { .integer($0.rawValue) } ?? .null),
            .init("bytes", .integer(index.byteCount)),
        ])
    }

    private static func table(_ indexes: [TextIndexStatus]) -> Table {
        Table(
            columns: [
                .init(title: "SOURCE", shortestWidth: 12), .init(title: "BODIES", alignment: .right),
                .init(title: "BLOCKS", alignment: .right), .init(title: "UP TO", alignment: .right),
                .init(title: "TAKES", alignment: .right),
            ],
            rows: indexes.map { index in
                [
                    .init(index.source, .bold), .init("\(index.deliveryCount)"),
                    .init("\(index.blockCount)/\(index.wholeBlockCount)"),
                    .init(index.lastDelivery.map { "\($0)" } ?? "-"), .init(HumanText.byteCount(index.byteCount)),
                ]
            })
    }
}
