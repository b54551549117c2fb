internal import Journal
internal import ReportIndex

/// Reads from an archive and gives failures their words.
func reading<Value>(_ work: () throws(ArchiveReadFailure) -> Value) throws(CommandFailure) -> Value {
    do throws(ArchiveReadFailure) {
        return try work()
    } catch {
        throw CommandFailure(error)
    }
}
