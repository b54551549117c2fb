package import CallboxConfiguration
package import HTTPListener
package import Quarantine

/// A failure of the server, or of a command's write to the archive, that no other module's error describes.
package enum ServerError: Error, Equatable {
    case cannotListen(ListenSetting, ListenError)
    case cannotOpenAdminListener(AdminSetting, ListenError)
    /// No server holds the archive.
    case notServed(archivePath: String)
    /// Another process holds the archive and its control socket does not respond.
    case holderDoesNotRespond(processID: Int32?, socketPath: String)
    /// The connection to the server broke. The request may have been carried out.
    case connectionLost(socketPath: String, reason: String)
    /// The running server did not hand over its sockets. It may be stopping.
    case cannotTakeOver(socketPath: String, reason: String)
    case unexpectedResponse
    /// The server's retention settings differ from the command's.
    case otherRetentionSettings
    case notQuarantined(QuarantineID)
    case stillUnverified(QuarantineID, reason: String)
    /// Another server has this server's name among the nodes of the shared journal.
    case laneTaken(String)
    /// Another process that is alive has this name among the nodes of the shared journal.
    case nodeNameInUse(String)
    /// Copying ended at a position before the end of the shared journal, because no leader ordered its next entries.
    case copyIncomplete(position: Int64, end: Int64)
    /// Another archive took over from the primary that was copied.
    case primarySuperseded(epoch: Int64)
    /// The work ended early because its command ended or the server is stopping.
    case interrupted
}

/// A failure as a command shows it: an exit status, a sentence, and advice. The process that holds the archive creates
/// it, so the text does not depend on whether the command or a server did the work.
package struct FailureReport: Error, Codable, Equatable, Sendable {
    package let status: Int32
    package let message: String
    package let advice: String?

    package init(status: Int32, message: String, advice: String?) {
        self.status = status
        self.message = message
        self.advice = advice
    }
}
