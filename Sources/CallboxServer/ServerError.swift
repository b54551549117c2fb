package import CallboxConfiguration
package import HTTPListener
package import Quarantine

/// An error of the server, or of a command that writes to the archive, if no other module defines it.
package enum ServerError: Error, Equatable {
    case cannotListen(ListenSetting, ListenError)
    case cannotOpenAdminListener(AdminSetting, ListenError)
    /// No server holds the archive.
    case notServed(archivePath: String)
    /// Another process holds the archive, but its control socket does not respond.
    case holderDoesNotRespond(processID: Int32?, socketPath: String)
    /// The connection to the server broke. The server may have run the request.
    case connectionLost(socketPath: String, reason: String)
    /// The running server did not hand over its sockets. It may be stopping.
    case cannotTakeOver(socketPath: String, reason: String)
    case unexpectedResponse
    /// The retention settings of the server differ from the settings of the command.
    case otherRetentionSettings
    case notQuarantined(QuarantineID)
    case stillUnverified(QuarantineID, reason: String)
    /// Another server took over this server's lane of the shared journal.
    case laneTaken(String)
    /// Another running process uses this name in the shared journal.
    case nodeNameInUse(String)
    /// The copy ended before the end of the shared journal, because no leader ordered the remaining entries.
    case copyIncomplete(position: Int64, end: Int64)
    /// Another archive took over from the primary of this copy.
    case primarySuperseded(epoch: Int64)
    /// The work ended early because its command ended or the server is stopping.
    case interrupted
}

/// A failure as a command shows it: an exit status, a sentence, and advice. The process that does the work creates this
/// value, so the text is the same for a command and for a server.
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
