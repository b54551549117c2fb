internal import ReportArchive
internal import StrictJSON

/// Reports as lines of a CSV file, newest first, in the columns of `list`.
enum ReportCSV {
    static func write(
        _ reader: ArchiveReader, _ filter: ReportFilter, to file: ExportFile, _ console: Console
    ) throws {
        var count = 0
        var progress = TransferProgress("exported", of: nil, on: console)
        try file.sink.write(ReportRecord.names.joined(separator: ",") + "\n")
        do throws(ArchiveReadFailure) {
            try reader.forEachReport(matching: filter) { report in
                let line = CSVText.line(ReportRecord.values(report))
                try file.sink.write((console.isTerminal ? TerminalText.escape(line) : line) + "\n")
                count += 1
                progress.tell(count, byteCount: file.sink.byteCount)
            }
        } catch .stopped(let error) {
            throw error
        } catch {
            throw CommandFailure(error)
        }
        try file.finish()
        progress.end()
        console.note("exported \(HumanText.count(count, "report")) (\(HumanText.byteCount(file.sink.byteCount)))")
    }
}
