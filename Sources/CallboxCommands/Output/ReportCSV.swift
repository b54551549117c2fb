internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput
internal import Transfer

/// Reports as lines of a CSV file, newest first, in the columns of `list`.
enum ReportCSV {
    static func write(
        _ reader: ArchiveReader, _ filter: ReportFilter, to file: ExportFile, _ console: Console
    ) throws {
        var count = 0
        var progress = TransferProgress("exported", of: nil, on: console)
        try file.sink.write(ReportRecord.names.joined(separator: ",") + "\n")
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            let line = CSVText.line(ReportRecord.values(report))
            try file.sink.write((console.isTerminal ? TerminalText.escape(line) : line) + "\n")
            count += 1
            progress.tell(count, byteCount: file.sink.byteCount)
        }
        try file.finish()
        progress.end()
        console.note("exported \(HumanText.count(count, "report")) (\(HumanText.byteCount(file.sink.byteCount)))")
        try conclusion.conclude(on: console)
    }
}
