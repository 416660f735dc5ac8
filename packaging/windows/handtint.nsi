; Handtint's installer for Windows: for one user, without an administrator. Compiled by build.py:
; makensis -DVERSION=0.1.0 -DBUNDLE=folder -DICON=handtint.ico -DLICENSE=LICENSE -DPUBLISHER=name
; -DOUT=handtint-0.1.0-setup.exe [-DSIGN=command] handtint.nsi
Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
RequestExecutionLevel user

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include x64.nsh

!define NAME "Handtint"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Handtint"
!define CLASS "Handtint.Photo"
!define CAPABILITIES "Software\Handtint\Capabilities"

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Handtint"
InstallDirRegKey HKCU "Software\Handtint" "Folder"
BrandingText "Handtint ${VERSION}"
!ifdef SIGN
    !uninstfinalize '${SIGN} "%1"' = 0
!endif
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME} installer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "${PUBLISHER}, MIT license"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_LICENSE "${LICENSE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\handtint-window.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Offers Handtint for a kind of photo in "Open with"; what opens such photos now is not changed.
!macro Offer SUFFIX
    WriteRegStr HKCU "Software\Classes\${SUFFIX}\OpenWithProgids" "${CLASS}" ""
    WriteRegStr HKCU "${CAPABILITIES}\FileAssociations" "${SUFFIX}" "${CLASS}"
!macroend
!macro TakeBack SUFFIX
    DeleteRegValue HKCU "Software\Classes\${SUFFIX}\OpenWithProgids" "${CLASS}"
!macroend
!macro ForAllPhotos DO
    !insertmacro ${DO} ".jpg"
    !insertmacro ${DO} ".jpeg"
    !insertmacro ${DO} ".png"
    !insertmacro ${DO} ".tif"
    !insertmacro ${DO} ".tiff"
    !insertmacro ${DO} ".webp"
    !insertmacro ${DO} ".bmp"
    !insertmacro ${DO} ".heic"
    !insertmacro ${DO} ".heif"
    !insertmacro ${DO} ".avif"
    !insertmacro ${DO} ".jp2"
    !insertmacro ${DO} ".gif"
    !insertmacro ${DO} ".psd"
!macroend

; A program that runs cannot be replaced or deleted, and not be opened for writing either: that is asked before anything
; is changed.
!macro AskToClose PROGRAM
    ${DoWhile} ${FileExists} "$INSTDIR\${PROGRAM}"
        ClearErrors
        FileOpen $0 "$INSTDIR\${PROGRAM}" a
        ${IfNot} ${Errors}
            FileClose $0
            ${ExitDo}
        ${EndIf}
        ${IfNot} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION \
                "Handtint is running. Close it, then press Retry. Nothing was changed." /SD IDCANCEL IDRETRY`
            SetErrorLevel 1
            Quit
        ${EndIf}
    ${Loop}
!macroend
!macro AskToCloseAll
    !insertmacro AskToClose "handtint-window.exe"
    !insertmacro AskToClose "handtint.exe"
    !insertmacro AskToClose "handtint-train.exe"
!macroend

Function .onInit
    ${IfNot} ${RunningX64}
        MessageBox MB_ICONSTOP "Handtint needs a 64-bit Windows. Nothing was installed." /SD IDOK
        Abort
    ${EndIf}
FunctionEnd

Section "Handtint" Program
    SectionIn RO
    !insertmacro AskToCloseAll
    ; An older version goes first, or its files would stay among the new ones. Only what an installer put there goes:
    ; programs of others have a folder of that name too.
    ${If} ${FileExists} "$INSTDIR\uninstall.exe"
    ${AndIf} ${FileExists} "$INSTDIR\handtint-window.exe"
        RMDir /r "$INSTDIR\_internal"
    ${EndIf}
    SetOutPath "$INSTDIR"
    File /r "${BUNDLE}\*" ; on Windows, / would be part of a name
    WriteUninstaller "$INSTDIR\uninstall.exe"
    WriteRegStr HKCU "Software\Handtint" "Folder" "$INSTDIR"
    CreateShortcut "$SMPROGRAMS\Handtint.lnk" "$INSTDIR\handtint-window.exe"

    WriteRegStr HKCU "${ENTRY}" "DisplayName" "${NAME}"
    WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\handtint-window.exe"
    WriteRegStr HKCU "${ENTRY}" "Publisher" "${PUBLISHER}"
    WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
    WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" $0
SectionEnd

Section "Offer Handtint for photographs (Open with)" Associations
    WriteRegStr HKCU "Software\Classes\${CLASS}" "" "Photograph"
    WriteRegStr HKCU "Software\Classes\${CLASS}\DefaultIcon" "" "$INSTDIR\handtint-window.exe,0"
    WriteRegStr HKCU "Software\Classes\${CLASS}\shell\open\command" "" '"$INSTDIR\handtint-window.exe" "%1"'
    WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "${NAME}"
    WriteRegStr HKCU "${CAPABILITIES}" "ApplicationDescription" "Restores and colorizes old photographs, offline"
    WriteRegStr HKCU "Software\RegisteredApplications" "${NAME}" "${CAPABILITIES}"
    !insertmacro ForAllPhotos Offer
    ${RefreshShellIcons}
SectionEnd

Section /o "Start the command line by its name" CommandLine
    ; A program found by its name, without touching PATH.
    WriteRegStr HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\handtint.exe" "" "$INSTDIR\handtint.exe"
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
    !insertmacro MUI_DESCRIPTION_TEXT ${Program} "The window, the command line and the models."
    !insertmacro MUI_DESCRIPTION_TEXT ${Associations} "What opens photographs by a double click stays as it is."
    !insertmacro MUI_DESCRIPTION_TEXT ${CommandLine} "As handtint from Run, and as start handtint in a console; PATH is not changed."
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; Photos, models of one's own, settings and logs lie elsewhere and stay.
Section "Uninstall"
    !insertmacro AskToCloseAll
    RMDir /r "$INSTDIR\_internal"
    Delete "$INSTDIR\handtint.exe"
    Delete "$INSTDIR\handtint-window.exe"
    Delete "$INSTDIR\handtint-train.exe"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\Handtint.lnk"
    !insertmacro ForAllPhotos TakeBack
    DeleteRegKey HKCU "Software\Classes\${CLASS}"
    DeleteRegValue HKCU "Software\RegisteredApplications" "${NAME}"
    DeleteRegKey HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\handtint.exe"
    DeleteRegKey HKCU "${ENTRY}"
    DeleteRegKey HKCU "${CAPABILITIES}"
    DeleteRegValue HKCU "Software\Handtint" "Folder"
    DeleteRegKey /ifempty HKCU "Software\Handtint"
    ${RefreshShellIcons}
SectionEnd
