internal import ReportIndex
internal import StrictJSON
package import TerminalOutput

/// The views and functions of `callbox sql`.
package enum SchemaView {
    private typealias Row = (view: String, column: String, meaning: String)

    /// Writes one row for each column of each view. Only the format `table` also lists the functions.
    package static func print(_ format: OutputFormat, on console: Console) throws {
        guard format != .table else { return try lines(console).forEach { try console.print($0) } }
        var listing = RowListing<Row>(
            format, on: console,
            [
                .init("view") { .string($0.view) }, .init("column") { .string($0.column) },
                .init("meaning") { .string($0.meaning) },
            ])
        try listing.print(
            ArchiveViews.all.flatMap { view in view.columns.map { (view.name, $0.name, $0.meaning) } })
    }

    static func lines(_ console: Console) -> [String] {
        func table(_ rows: [(String, String)]) -> [String] {
            Table(
                columns: [.text(""), .wrapped("")], rows: rows.map { [.init("  " + $0), .init($1)] }
            ).lines(on: console).dropFirst() + [""]
        }
        let views = ArchiveViews.all.flatMap { view in
            [console.styled(view.name, .bold) + "  \(view.meaning)"] + table(view.columns.map { ($0.name, $0.meaning) })
        }
        return views + [console.styled("functions", .bold)]
            + table(ArchiveViews.functions.map { ($0.call, $0.meaning) }).dropLast()
    }
}
