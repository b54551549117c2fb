internal import NIOCore
internal import NIOPosix

/// Why the listener cannot open. The only error of this module.
package enum ListenError: Error, Equatable {
    case addressInUse
    case notPermitted
    case addressNotAvailable
    case other(String)
    /// A file of the TLS settings cannot be used. The reason follows the file's name in a sentence.
    case certificate(file: String, reason: String)

    init(_ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .addressInUse
        case EACCES, EPERM: self = .notPermitted
        case EADDRNOTAVAIL: self = .addressNotAvailable
        default: self = .other("\(error)")
        }
    }
}
