<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>Find photos like this one</source>
        <translation>Fotos finden, die diesem ähneln</translation>
    </message>
    <message>
        <source>Looking at the photo…</source>
        <translation>Das Foto wird angesehen …</translation>
    </message>
    <message>
        <source>Add a folder with photos first. Then you see those like {name}.</source>
        <translation>Zuerst einen Ordner mit Fotos hinzufügen. Dann erscheinen die, die {name} ähneln.</translation>
    </message>
    <message numerus="yes">
        <source>These are %Ln photos: the first {most} of them are asked about.</source>
        <translation>
            <numerusform>Das ist %Ln Foto; gesucht wird mit den ersten {most}.</numerusform>
            <numerusform>Das sind %Ln Fotos; gesucht wird mit den ersten {most}.</numerusform>
        </translation>
    </message>
    <message>
        <source>{folder} is not in this library. Shall its photos be found too?</source>
        <translation>{folder} gehört nicht zu dieser Bibliothek. Sollen auch diese Fotos gefunden werden?</translation>
    </message>
    <message>
        <source>Add it</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Typed here</source>
        <translation>Hier geschrieben</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tabellen</translation>
    </message>
    <message>
        <source>Descriptions in XMP</source>
        <translation>Beschreibungen in XMP</translation>
    </message>
    <message>
        <source>Titles in XMP</source>
        <translation>Titel in XMP</translation>
    </message>
    <message>
        <source>Keywords in XMP</source>
        <translation>Stichwörter in XMP</translation>
    </message>
    <message>
        <source>Captions in IPTC</source>
        <translation>Bildtexte in IPTC</translation>
    </message>
    <message>
        <source>Keywords in IPTC</source>
        <translation>Stichwörter in IPTC</translation>
    </message>
    <message>
        <source>Descriptions in EXIF</source>
        <translation>Beschreibungen in EXIF</translation>
    </message>
    <message>
        <source>Keywords in EXIF</source>
        <translation>Stichwörter in EXIF</translation>
    </message>
    <message>
        <source>Text files beside photos</source>
        <translation>Textdateien neben Fotos</translation>
    </message>
    <message>
        <source>Google Takeout</source>
        <translation>Google Takeout</translation>
    </message>
    <message>
        <source>Names of folders</source>
        <translation>Namen von Ordnern</translation>
    </message>
    <message>
        <source>Left out, since no photo of the library has such a name: {names}.</source>
        <translation>Ausgelassen, weil kein Foto der Bibliothek so heißt: {names}.</translation>
    </message>
    <message>
        <source>Left out, since several photos have such a name: {names}.</source>
        <translation>Ausgelassen, weil mehrere Fotos so heißen: {names}.</translation>
    </message>
    <message>
        <source>The list can&apos;t be written for the moment: {reason}. Make room on the disk.</source>
        <translation>Die Liste lässt sich gerade nicht schreiben: {reason}. Auf dem Datenträger Platz schaffen.</translation>
    </message>
    <message>
        <source>the list</source>
        <translation>der Liste</translation>
    </message>
    <message>
        <source>Taking the captions in…</source>
        <translation>Die Bildtexte werden übernommen …</translation>
    </message>
    <message>
        <source>The captions of {name} are in the library.</source>
        <translation>Die Bildtexte aus {name} sind in der Bibliothek.</translation>
    </message>
    <message>
        <source>captions of {name}</source>
        <translation>Bildtexte aus {name}</translation>
    </message>
    <message>
        <source>New captions: {captions}, of photos: {photos}.</source>
        <translation>Neue Bildtexte: {captions}, von Fotos: {photos}.</translation>
    </message>
    <message>
        <source>There already: {known}.</source>
        <translation>Schon vorhanden: {known}.</translation>
    </message>
    <message>
        <source>Too long, and cut off after 4,000 letters: {cut}.</source>
        <translation>Zu lang und nach 4.000 Zeichen abgeschnitten: {cut}.</translation>
    </message>
    <message numerus="yes">
        <source>{names} and %Ln more</source>
        <translation>
            <numerusform>{names} und %Ln weiteres</numerusform>
            <numerusform>{names} und %Ln weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Add a folder with photos</source>
        <translation>Einen Ordner mit Fotos hinzufügen</translation>
    </message>
    <message>
        <source>This photo can&apos;t be tried: it was not there when the retraining ended, or was one too many to keep.</source>
        <translation>Dieses Foto lässt sich nicht ausprobieren: Es war am Ende des Trainings nicht da, oder es war eines zu viel.</translation>
    </message>
    <message>
        <source>No photo is chosen in the grid.</source>
        <translation>Im Raster ist kein Foto ausgewählt.</translation>
    </message>
    <message>
        <source>The old model stays in use. The new one is kept in the list of models.</source>
        <translation>Das alte Modell bleibt in Gebrauch. Das neue bleibt in der Liste der Modelle.</translation>
    </message>
    <message>
        <source>That lies on the network, and Hammingbird does not go there: save it to a file first, or copy the picture itself.</source>
        <translation>Das liegt im Netz, und dorthin geht Hammingbird nicht: zuerst als Datei speichern oder das Bild selbst kopieren.</translation>
    </message>
    <message>
        <source>There is no file called “{name}”.</source>
        <translation>Es gibt keine Datei „{name}“.</translation>
    </message>
    <message>
        <source>There is nothing to paste: copy a picture, a file or a path first.</source>
        <translation>Es gibt nichts einzufügen: zuerst ein Bild, eine Datei oder einen Pfad kopieren.</translation>
    </message>
    <message>
        <source>Something went wrong inside Hammingbird ({error}). Your photos and the library are safe; please report what was printed in the terminal.</source>
        <translation>In Hammingbird ging etwas schief ({error}). Fotos und Bibliothek sind sicher; bitte melden, was im Terminal steht.</translation>
    </message>
    <message>
        <source>Indexing</source>
        <translation>Das Einlesen</translation>
    </message>
    <message>
        <source>Clearing the thumbnails</source>
        <translation>Vorschaubilder werden geleert</translation>
    </message>
    <message>
        <source>Work on models</source>
        <translation>Die Arbeit an Modellen</translation>
    </message>
    <message>
        <source>The training</source>
        <translation>Das Training</translation>
    </message>
    <message>
        <source>The job</source>
        <translation>Der Auftrag</translation>
    </message>
    <message>
        <source>{work} was cancelled. What was done is kept.</source>
        <translation>{work} wurde abgebrochen. Was fertig ist, bleibt.</translation>
    </message>
    <message>
        <source>{work} did not come to its end. What was done is kept.</source>
        <translation>{work} kam nicht zum Ende. Was fertig ist, bleibt.</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Es beginnt …</translation>
    </message>
    <message>
        <source>{work} stopped before its end. What was done is kept.</source>
        <translation>{work} endete vorzeitig. Was fertig ist, bleibt.</translation>
    </message>
    <message>
        <source>Forget this folder</source>
        <translation>Ordner vergessen</translation>
    </message>
    <message>
        <source>Forget the folder “{folder}”?</source>
        <translation>Den Ordner „{folder}“ vergessen?</translation>
    </message>
    <message numerus="yes">
        <source>Its %Ln photo(s) will no longer be found.</source>
        <translation>
            <numerusform>Sein %Ln Foto wird nicht mehr gefunden.</numerusform>
            <numerusform>Seine %Ln Fotos werden nicht mehr gefunden.</numerusform>
        </translation>
    </message>
    <message>
        <source>The files on your disk stay untouched, and you can undo this with Ctrl+Z.</source>
        <translation>Die Dateien bleiben unberührt, und Strg+Z macht es rückgängig.</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Forgot {folder}. Its files are untouched.</source>
        <translation>{folder} ist vergessen. Die Dateien sind unberührt.</translation>
    </message>
    <message>
        <source>forget {folder}</source>
        <translation>{folder} vergessen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) of {folder} can&apos;t be found any more. Are they gone, or is a disk missing? Until you say so, they stay in the library.</source>
        <translation>
            <numerusform>%Ln Datei von {folder} ist nicht mehr zu finden. Ist sie fort, oder fehlt ein Datenträger? Bis zur Antwort bleibt sie in der Bibliothek.</numerusform>
            <numerusform>%Ln Dateien von {folder} sind nicht mehr zu finden. Sind sie fort, oder fehlt ein Datenträger? Bis zur Antwort bleiben sie in der Bibliothek.</numerusform>
        </translation>
    </message>
    <message>
        <source>They are gone</source>
        <translation>Sie sind fort</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Where to put {name}</source>
        <translation>Wohin mit {name}?</translation>
    </message>
    <message>
        <source>{name} lies in {folder} now.</source>
        <translation>{name} liegt jetzt in {folder}.</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>fort</translation>
    </message>
    <message>
        <source>All photos</source>
        <translation>Alle Fotos</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>Anlernen</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Offline: its photos can be searched, opening them needs the disk.</source>
        <translation>Offline: Suchen geht, zum Öffnen wird der Datenträger gebraucht.</translation>
    </message>
    <message>
        <source>caption</source>
        <translation>Bildtext</translation>
    </message>
    <message>
        <source>name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>found by its caption</source>
        <translation>gefunden über den Bildtext</translation>
    </message>
    <message>
        <source>found by its name</source>
        <translation>gefunden über den Namen</translation>
    </message>
    <message numerus="yes">
        <source>%Ln bit(s)</source>
        <translation>
            <numerusform>%Ln Bit</numerusform>
            <numerusform>%Ln Bit</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln copies</source>
        <translation>
            <numerusform>%Ln Kopie</numerusform>
            <numerusform>%Ln Kopien</numerusform>
        </translation>
    </message>
    <message>
        <source>offline</source>
        <translation>offline</translation>
    </message>
    <message>
        <source>{distance} away</source>
        <translation>{distance} entfernt</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>Was nicht stimmt</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Your photos are indexed</source>
        <translation>Die Fotos sind eingelesen</translation>
    </message>
    <message>
        <source>The training is done</source>
        <translation>Das Training ist fertig</translation>
    </message>
    <message>
        <source>Indexing could not go on</source>
        <translation>Das Einlesen kam nicht weiter</translation>
    </message>
    <message>
        <source>The training could not go on</source>
        <translation>Das Training kam nicht weiter</translation>
    </message>
    <message>
        <source>A job is done</source>
        <translation>Ein Auftrag ist fertig</translation>
    </message>
    <message>
        <source>A job could not go on</source>
        <translation>Ein Auftrag kam nicht weiter</translation>
    </message>
    <message>
        <source>It stopped before its end. What was done is kept.</source>
        <translation>Er endete vorzeitig. Was fertig ist, bleibt.</translation>
    </message>
    <message>
        <source>The pasted picture could not be kept for reading: {reason}.</source>
        <translation>Das eingefügte Bild ließ sich nicht ablegen: {reason}.</translation>
    </message>
    <message>
        <source>Pasted picture</source>
        <translation>Eingefügtes Bild</translation>
    </message>
    <message>
        <source>The pasted picture could not be written to {path}. Is the disk full?</source>
        <translation>Das eingefügte Bild ließ sich nicht nach {path} schreiben. Ist der Datenträger voll?</translation>
    </message>
    <message>
        <source>The first ones appear in a moment.</source>
        <translation>Die ersten erscheinen gleich.</translation>
    </message>
    <message>
        <source>Reading your photos</source>
        <translation>Die Fotos werden gelesen</translation>
    </message>
    <message>
        <source>This library can&apos;t be opened</source>
        <translation>Diese Bibliothek lässt sich nicht öffnen</translation>
    </message>
    <message>
        <source>This folder can&apos;t be shown</source>
        <translation>Dieser Ordner lässt sich nicht zeigen</translation>
    </message>
    <message>
        <source>Every photo has a caption</source>
        <translation>Jedes Foto hat einen Bildtext</translation>
    </message>
    <message>
        <source>Nothing is left to write about here.</source>
        <translation>Hier gibt es nichts mehr zu beschreiben.</translation>
    </message>
    <message>
        <source>This disk is offline</source>
        <translation>Dieser Datenträger ist offline</translation>
    </message>
    <message>
        <source>Connect it, then look for new photos with F5.</source>
        <translation>Ihn anschließen und dann mit F5 nach neuen Fotos sehen.</translation>
    </message>
    <message>
        <source>No photos here</source>
        <translation>Hier sind keine Fotos</translation>
    </message>
    <message>
        <source>There is no photo in this folder, or none that could be read.</source>
        <translation>In diesem Ordner ist kein Foto, oder keines war lesbar.</translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation>Noch gibt es nichts zu vergleichen</translation>
    </message>
    <message>
        <source>No caption and no name has these words.</source>
        <translation>Kein Bildtext und kein Name enthält diese Wörter.</translation>
    </message>
    <message>
        <source>The nearest photo is {distance} away.</source>
        <translation>Das nächste Foto ist {distance} entfernt.</translation>
    </message>
    <message>
        <source>Nothing like this within {distance}</source>
        <translation>Nichts Ähnliches innerhalb von {distance}</translation>
    </message>
    <message>
        <source>Show up to {distance}</source>
        <translation>Bis {distance} zeigen</translation>
    </message>
    <message>
        <source>No photo with these words</source>
        <translation>Kein Foto mit diesen Wörtern</translation>
    </message>
    <message>
        <source>Neither a caption nor a name of a file or folder has them.</source>
        <translation>Kein Bildtext und kein Name einer Datei oder eines Ordners enthält sie.</translation>
    </message>
    <message>
        <source>No other photos here</source>
        <translation>Keine anderen Fotos hier</translation>
    </message>
    <message>
        <source>There is nothing else to compare with.</source>
        <translation>Es gibt sonst nichts zu vergleichen.</translation>
    </message>
    <message>
        <source>Photos for “{words}”</source>
        <translation>Fotos zu „{words}“</translation>
    </message>
    <message numerus="yes">
        <source>these %Ln</source>
        <translation>
            <numerusform>dieses %Ln</numerusform>
            <numerusform>diese %Ln</numerusform>
        </translation>
    </message>
    <message>
        <source>this one</source>
        <translation>dieses</translation>
    </message>
    <message>
        <source>Photos like {photo}</source>
        <translation>Fotos wie {photo}</translation>
    </message>
    <message>
        <source>{asked}, with “{words}”</source>
        <translation>{asked}, mit „{words}“</translation>
    </message>
    <message>
        <source>Photos without captions</source>
        <translation>Fotos ohne Bildtext</translation>
    </message>
    <message numerus="yes">
        <source>%Ln neighbour(s)</source>
        <translation>
            <numerusform>%Ln Nachbar</numerusform>
            <numerusform>%Ln Nachbarn</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s)</source>
        <translation>
            <numerusform>%Ln Foto</numerusform>
            <numerusform>%Ln Fotos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The nearest %Ln photos</source>
        <translation>
            <numerusform>Das nächste %Ln Foto</numerusform>
            <numerusform>Die nächsten %Ln Fotos</numerusform>
        </translation>
    </message>
    <message>
        <source>{neighbours} up to {distance} away</source>
        <translation>{neighbours} bis {distance} entfernt</translation>
    </message>
    <message numerus="yes">
        <source>{photos}, %Ln chosen</source>
        <translation>
            <numerusform>{photos}, %Ln ausgewählt</numerusform>
            <numerusform>{photos}, %Ln ausgewählt</numerusform>
        </translation>
    </message>
    <message>
        <source>{path} is not there any more, or its disk is not connected.</source>
        <translation>{path} ist nicht mehr da, oder der Datenträger ist nicht angeschlossen.</translation>
    </message>
    <message numerus="yes">
        <source>Copied %Ln path(s).</source>
        <translation>
            <numerusform>Der Pfad ist kopiert.</numerusform>
            <numerusform>%Ln Pfade sind kopiert.</numerusform>
        </translation>
    </message>
    <message>
        <source>Copied {name}.</source>
        <translation>{name} ist kopiert.</translation>
    </message>
    <message numerus="yes">
        <source>Copied %Ln photos.</source>
        <translation>
            <numerusform>%Ln Foto ist kopiert.</numerusform>
            <numerusform>%Ln Fotos sind kopiert.</numerusform>
        </translation>
    </message>
    <message>
        <source>A model learns from your photos</source>
        <translation>Ein Modell lernt aus den Fotos</translation>
    </message>
    <message>
        <source>The job pauses while the computer runs on its battery, and goes on once it is plugged in.</source>
        <translation>Der Auftrag ruht im Akkubetrieb und geht am Netz von selbst weiter.</translation>
    </message>
    <message>
        <source>The preview could not be read.</source>
        <translation>Die Vorschau war nicht lesbar.</translation>
    </message>
    <message>
        <source>A training goes on. Another can begin when it is done.</source>
        <translation>Ein Training läuft. Ein weiteres kann danach beginnen.</translation>
    </message>
    <message>
        <source>The training stopped before its end. What it had learned by then is kept, and can be gone on with.</source>
        <translation>Das Training endete vorzeitig. Das bis dahin Gelernte bleibt und lässt sich fortsetzen.</translation>
    </message>
    <message>
        <source>A training has ended while the window was closed.</source>
        <translation>Ein Training ging zu Ende, während das Fenster zu war.</translation>
    </message>
    <message>
        <source>The library&apos;s folder can&apos;t be written: {reason}.</source>
        <translation>Der Ordner der Bibliothek ist nicht beschreibbar: {reason}.</translation>
    </message>
    <message>
        <source>The model has learned.</source>
        <translation>Das Modell hat gelernt.</translation>
    </message>
    <message>
        <source>The verdict of this training can&apos;t be read.</source>
        <translation>Das Urteil über dieses Training ist nicht lesbar.</translation>
    </message>
    <message>
        <source>See what came of it.</source>
        <translation>Das Ergebnis steht bereit.</translation>
    </message>
    <message>
        <source>See the verdict</source>
        <translation>Zum Urteil</translation>
    </message>
    <message>
        <source>No captions are chosen. Choose at least one kind above.</source>
        <translation>Es sind keine Bildtexte ausgewählt. Oben mindestens eine Art wählen.</translation>
    </message>
    <message>
        <source>The library&apos;s folder can&apos;t be written: {reason}. Make room there.</source>
        <translation>Der Ordner der Bibliothek ist nicht beschreibbar: {reason}. Dort Platz schaffen.</translation>
    </message>
    <message>
        <source>Choose up to {most} photos for one caption.</source>
        <translation>Für einen Bildtext höchstens {most} Fotos auswählen.</translation>
    </message>
    <message>
        <source>The caption is kept in the library.</source>
        <translation>Der Bildtext ist in der Bibliothek.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln photos have got the caption “{text}”.</source>
        <translation>
            <numerusform>%Ln Foto hat den Bildtext „{text}“.</numerusform>
            <numerusform>%Ln Fotos haben den Bildtext „{text}“.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>caption of %Ln photos</source>
        <translation>
            <numerusform>Bildtext von %Ln Foto</numerusform>
            <numerusform>Bildtext von %Ln Fotos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Noted: %Ln photo(s) like what you asked for. Retraining learns from it.</source>
        <translation>
            <numerusform>Gemerkt: %Ln Foto ist dem gesuchten ähnlich. Das Training lernt daraus.</numerusform>
            <numerusform>Gemerkt: %Ln Fotos sind dem gesuchten ähnlich. Das Training lernt daraus.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Noted: %Ln photo(s) not like what you asked for. Retraining learns from it.</source>
        <translation>
            <numerusform>Gemerkt: %Ln Foto ist dem gesuchten nicht ähnlich. Das Training lernt daraus.</numerusform>
            <numerusform>Gemerkt: %Ln Fotos sind dem gesuchten nicht ähnlich. Das Training lernt daraus.</numerusform>
        </translation>
    </message>
    <message>
        <source>more like this</source>
        <translation>mehr davon</translation>
    </message>
    <message>
        <source>less like this</source>
        <translation>weniger davon</translation>
    </message>
    <message>
        <source>Date taken</source>
        <translation>Aufnahmedatum</translation>
    </message>
    <message>
        <source>Date added</source>
        <translation>Hinzugefügt am</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Like the desktop</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Space, Enter</source>
        <translation>Leertaste, Eingabe</translation>
    </message>
    <message>
        <source>Open the photo in the viewer, and back</source>
        <translation>Foto im Betrachter öffnen, und zurück</translation>
    </message>
    <message>
        <source>Double-click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>Find similar photos</source>
        <translation>Ähnliche Fotos finden</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>Move in the grid; next and previous in the viewer</source>
        <translation>Im Raster bewegen; im Betrachter vor und zurück</translation>
    </message>
    <message>
        <source>Size of the thumbnails</source>
        <translation>Größe der Vorschaubilder</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Strg+Rad</translation>
    </message>
    <message>
        <source>+, -, wheel</source>
        <translation>+, -, Rad</translation>
    </message>
    <message>
        <source>Zoom in the viewer</source>
        <translation>Im Betrachter vergrößern</translation>
    </message>
    <message>
        <source>Whole photo, 100 % in the viewer</source>
        <translation>Ganzes Foto, 100 % im Betrachter</translation>
    </message>
    <message>
        <source>Facts about the photo in the viewer</source>
        <translation>Angaben zum Foto im Betrachter</translation>
    </message>
    <message>
        <source>&amp;Add folder…</source>
        <translation>Ordner &amp;hinzufügen …</translation>
    </message>
    <message>
        <source>&amp;Look for new photos</source>
        <translation>&amp;Nach neuen Fotos sehen</translation>
    </message>
    <message>
        <source>Look through all folders again</source>
        <translation>Alle Ordner noch einmal durchsehen</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>Take the last edit of the library back</source>
        <translation>Die letzte Änderung der Bibliothek zurücknehmen</translation>
    </message>
    <message>
        <source>&amp;Paste as query</source>
        <translation>Mit Kopiertem &amp;suchen</translation>
    </message>
    <message>
        <source>Find photos like the copied picture, file or path</source>
        <translation>Fotos finden, die dem kopierten Bild, der Datei oder dem Pfad ähneln</translation>
    </message>
    <message>
        <source>Find photos like a &amp;file…</source>
        <translation>Fotos wie eine &amp;Datei finden …</translation>
    </message>
    <message>
        <source>Ask about a photo that is not in the library</source>
        <translation>Mit einem Foto suchen, das nicht in der Bibliothek ist</translation>
    </message>
    <message>
        <source>Search by &amp;words</source>
        <translation>Mit &amp;Wörtern suchen</translation>
    </message>
    <message>
        <source>Find photos of what words say</source>
        <translation>Fotos zu Wörtern finden</translation>
    </message>
    <message>
        <source>&amp;Teach what is alike</source>
        <translation>&amp;Anlernen, was ähnlich ist</translation>
    </message>
    <message>
        <source>Let the model learn from your captions</source>
        <translation>Das Modell aus Bildtexten lernen lassen</translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation>&amp;Modelle …</translation>
    </message>
    <message>
        <source>Which model says how alike photos are; add a stronger one</source>
        <translation>Welches Modell über Ähnlichkeit entscheidet; ein stärkeres hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Captions…</source>
        <translation>Bild&amp;texte …</translation>
    </message>
    <message>
        <source>What is written about your photos; take in lists and tables of captions</source>
        <translation>Was über die Fotos geschrieben ist; Listen und Tabellen von Bildtexten übernehmen</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen …</translation>
    </message>
    <message>
        <source>Folders, watching, patterns to leave out, backups, language</source>
        <translation>Ordner, Beobachten, Muster zum Auslassen, Sicherungen, Sprache</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Close the window; a running job goes on</source>
        <translation>Das Fenster schließen; ein laufender Auftrag geht weiter</translation>
    </message>
    <message>
        <source>Find &amp;similar</source>
        <translation>Ä&amp;hnliche finden</translation>
    </message>
    <message>
        <source>Find photos like the chosen ones</source>
        <translation>Fotos finden, die den ausgewählten ähneln</translation>
    </message>
    <message>
        <source>Find similar in this &amp;folder</source>
        <translation>Ähnliche in diesem &amp;Ordner finden</translation>
    </message>
    <message>
        <source>Find photos like the chosen ones in the folder shown</source>
        <translation>Im gezeigten Ordner Fotos finden, die den ausgewählten ähneln</translation>
    </message>
    <message>
        <source>&amp;Open in viewer</source>
        <translation>Im &amp;Betrachter öffnen</translation>
    </message>
    <message>
        <source>Look at the photo (Space)</source>
        <translation>Das Foto ansehen (Leertaste)</translation>
    </message>
    <message>
        <source>Edit ca&amp;ption…</source>
        <translation>Bild&amp;text schreiben …</translation>
    </message>
    <message>
        <source>Write what the chosen photos show</source>
        <translation>Schreiben, was die ausgewählten Fotos zeigen</translation>
    </message>
    <message>
        <source>&amp;More like this</source>
        <translation>&amp;Mehr davon</translation>
    </message>
    <message>
        <source>Note that these are like what was asked for</source>
        <translation>Merken, dass diese dem gesuchten Foto ähneln</translation>
    </message>
    <message>
        <source>&amp;Less like this</source>
        <translation>&amp;Weniger davon</translation>
    </message>
    <message>
        <source>Note that these are not like what was asked for</source>
        <translation>Merken, dass diese dem gesuchten Foto nicht ähneln</translation>
    </message>
    <message>
        <source>Show in file &amp;manager</source>
        <translation>Im &amp;Dateimanager zeigen</translation>
    </message>
    <message>
        <source>Show the photo&apos;s file in its folder</source>
        <translation>Die Datei des Fotos in ihrem Ordner zeigen</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Copy the chosen photos</source>
        <translation>Die ausgewählten Fotos kopieren</translation>
    </message>
    <message>
        <source>Copy &amp;path</source>
        <translation>&amp;Pfad kopieren</translation>
    </message>
    <message>
        <source>Copy where the chosen photos lie</source>
        <translation>Kopieren, wo die ausgewählten Fotos liegen</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>&amp;Alle auswählen</translation>
    </message>
    <message>
        <source>Choose all photos shown</source>
        <translation>Alle gezeigten Fotos auswählen</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>Back to what was shown before</source>
        <translation>Zurück zu dem, was vorher zu sehen war</translation>
    </message>
    <message>
        <source>&amp;Forward</source>
        <translation>&amp;Vorwärts</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>Wieder vorwärts</translation>
    </message>
    <message>
        <source>All &amp;photos</source>
        <translation>Alle &amp;Fotos</translation>
    </message>
    <message>
        <source>Show all photos</source>
        <translation>Alle Fotos zeigen</translation>
    </message>
    <message>
        <source>P&amp;roblems</source>
        <translation>P&amp;robleme</translation>
    </message>
    <message>
        <source>Show the files that could not be read</source>
        <translation>Die Dateien zeigen, die nicht lesbar waren</translation>
    </message>
    <message>
        <source>&amp;Clear the query</source>
        <translation>&amp;Suche beenden</translation>
    </message>
    <message>
        <source>Back to the photos</source>
        <translation>Zurück zu den Fotos</translation>
    </message>
    <message>
        <source>&amp;Larger thumbnails</source>
        <translation>&amp;Größere Vorschaubilder</translation>
    </message>
    <message>
        <source>Larger thumbnails</source>
        <translation>Größere Vorschaubilder</translation>
    </message>
    <message>
        <source>S&amp;maller thumbnails</source>
        <translation>&amp;Kleinere Vorschaubilder</translation>
    </message>
    <message>
        <source>Smaller thumbnails</source>
        <translation>Kleinere Vorschaubilder</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>The window on the whole screen</source>
        <translation>Das Fenster auf dem ganzen Bildschirm</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>What the keys do</source>
        <translation>Was die Tasten tun</translation>
    </message>
    <message>
        <source>&amp;About Hammingbird</source>
        <translation>&amp;Über Hammingbird</translation>
    </message>
    <message>
        <source>Versions, and where the library lies</source>
        <translation>Versionen, und wo die Bibliothek liegt</translation>
    </message>
    <message>
        <source>&amp;Undo: {what}</source>
        <translation>&amp;Rückgängig: {what}</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Photo</source>
        <translation>&amp;Foto</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Sort by</source>
        <translation>&amp;Sortieren nach</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>Ein Modell hinzufügen</translation>
    </message>
    <message>
        <source>Any network that torchvision, open_clip or timm offer</source>
        <translation>Jedes Netz, das torchvision, open_clip oder timm anbieten</translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation>&amp;Durchsuchen …</translation>
    </message>
    <message>
        <source>From a &amp;file that is here:</source>
        <translation>Aus einer vorhandenen &amp;Datei:</translation>
    </message>
    <message>
        <source>&amp;Download them: the one time that Hammingbird uses the network</source>
        <translation>&amp;Herunterladen: das eine Mal, dass Hammingbird ins Netz geht</translation>
    </message>
    <message>
        <source>&amp;Network:</source>
        <translation>&amp;Netz:</translation>
    </message>
    <message>
        <source>Its weights:</source>
        <translation>Gewichte:</translation>
    </message>
    <message>
        <source>Its codes are then fitted to your photos, without any labels; that takes a while.</source>
        <translation>Die Codes werden dann an die Fotos angepasst, ganz ohne Beschriftung; das dauert eine Weile.</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Weights (*.safetensors *.pt *.pth *.bin)</source>
        <translation>Gewichte (*.safetensors *.pt *.pth *.bin)</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Caption</source>
        <translation>Bildtext</translation>
    </message>
    <message numerus="yes">
        <source>Caption of %Ln photos</source>
        <translation>
            <numerusform>Bildtext von %Ln Foto</numerusform>
            <numerusform>Bildtext von %Ln Fotos</numerusform>
        </translation>
    </message>
    <message>
        <source>What does {name} show? A line is a caption.</source>
        <translation>Was zeigt {name}? Jede Zeile ist ein Bildtext.</translation>
    </message>
    <message>
        <source>What do these photos have in common? Each gets this caption beside those that it has.</source>
        <translation>Was haben diese Fotos gemeinsam? Jedes bekommt diesen Bildtext zu denen, die es hat.</translation>
    </message>
    <message>
        <source>two dogs on a beach</source>
        <translation>zwei Hunde am Strand</translation>
    </message>
    <message>
        <source>A caption has at most {most} letters.</source>
        <translation>Ein Bildtext hat höchstens {most} Zeichen.</translation>
    </message>
    <message>
        <source>Its file says: {captions}</source>
        <translation>In der Datei steht: {captions}</translation>
    </message>
    <message>
        <source>Tables of captions (*.csv *.tsv *.json *.txt *.token)</source>
        <translation>Tabellen mit Bildtexten (*.csv *.tsv *.json *.txt *.token)</translation>
    </message>
    <message>
        <source>Nothing is written about these photos yet. Choose some and press F2, take in a list or a table below, or let Hammingbird read what other programs wrote into the files: F5 looks through all folders.</source>
        <translation>Über diese Fotos ist noch nichts geschrieben. Einige auswählen und F2 drücken, unten eine Liste oder Tabelle übernehmen, oder lesen lassen, was andere Programme in die Dateien schrieben: F5 sieht alle Ordner durch.</translation>
    </message>
    <message>
        <source>Cameras and programs write the same words into every file. Mark texts that say nothing about a photo: they are left out when a model learns.</source>
        <translation>Kameras und Programme schreiben in jede Datei dasselbe. Texte ankreuzen, die nichts über ein Foto sagen: Beim Lernen bleiben sie außen vor.</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>Bildtexte</translation>
    </message>
    <message>
        <source>Share of photos with captions</source>
        <translation>Anteil der Fotos mit Bildtext</translation>
    </message>
    <message>
        <source>Photos by source:</source>
        <translation>Fotos nach Quelle:</translation>
    </message>
    <message>
        <source>Languages:</source>
        <translation>Sprachen:</translation>
    </message>
    <message>
        <source>Frequent words:</source>
        <translation>Häufige Wörter:</translation>
    </message>
    <message>
        <source>Texts that several photos have</source>
        <translation>Texte, die mehrere Fotos haben</translation>
    </message>
    <message>
        <source>&amp;Paste a list…</source>
        <translation>Liste &amp;einfügen …</translation>
    </message>
    <message>
        <source>&amp;Import a table…</source>
        <translation>Tabelle &amp;übernehmen …</translation>
    </message>
    <message>
        <source>{captioned} of {photos} photos have captions</source>
        <translation>{captioned} von {photos} Fotos haben Bildtexte</translation>
    </message>
    <message numerus="yes">
        <source>&amp;Show the %Ln without</source>
        <translation>
            <numerusform>Das &amp;eine ohne zeigen</numerusform>
            <numerusform>Die %Ln ohne &amp;zeigen</numerusform>
        </translation>
    </message>
    <message>
        <source>A table of captions</source>
        <translation>Eine Tabelle mit Bildtexten</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>aufgehoben</translation>
    </message>
    <message>
        <source>Figures of the cards were measured on the photos that were held out of each training: they say nothing of which model is better where these differ.</source>
        <translation>Die Zahlen der Karten stammen von Fotos, die jedem Training vorenthalten waren: Wo diese verschieden sind, sagen sie nicht, welches Modell besser ist.</translation>
    </message>
    <message>
        <source>Below them stands what both were measured to do on the same held-out photos of this library.</source>
        <translation>Darunter steht, was beide auf denselben vorenthaltenen Fotos dieser Bibliothek leisten.</translation>
    </message>
    <message>
        <source>Two models</source>
        <translation>Zwei Modelle</translation>
    </message>
    <message>
        <source>Two models side by side</source>
        <translation>Zwei Modelle nebeneinander</translation>
    </message>
    <message>
        <source>&amp;Verdict</source>
        <translation>&amp;Urteil</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bit</translation>
    </message>
    <message>
        <source>Photos with codes</source>
        <translation>Fotos mit Code</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>Lernziel</translation>
    </message>
    <message>
        <source>Trained from</source>
        <translation>Gelernt aus</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>About Hammingbird</source>
        <translation>Über Hammingbird</translation>
    </message>
    <message>
        <source>Finds photos by likeness, in place, offline, at once.</source>
        <translation>Findet Fotos nach Ähnlichkeit, an Ort und Stelle, ohne Netz, sofort.</translation>
    </message>
    <message>
        <source>Your photos are never moved, changed or uploaded: Hammingbird only reads them.</source>
        <translation>Fotos werden nie verschoben, geändert oder hochgeladen: Hammingbird liest sie nur.</translation>
    </message>
    <message>
        <source>Library: {folder}</source>
        <translation>Bibliothek: {folder}</translation>
    </message>
    <message>
        <source>A model says how alike photos are. Codes of each are kept side by side, so that you can go back at any time. Below a model stand those that were trained from it.</source>
        <translation>Ein Modell sagt, wie ähnlich Fotos sind. Die Codes aller Modelle bleiben nebeneinander, so geht es jederzeit zurück. Unter einem Modell stehen die, die aus ihm gelernt haben.</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>&amp;Use this model</source>
        <translation>Dieses Modell &amp;verwenden</translation>
    </message>
    <message>
        <source>What its retraining was found to bring</source>
        <translation>Was sein Training gebracht hat</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>Ver&amp;gleichen</translation>
    </message>
    <message>
        <source>Two chosen models, or this one with that in use</source>
        <translation>Zwei ausgewählte Modelle, oder dieses mit dem in Gebrauch</translation>
    </message>
    <message>
        <source>Re&amp;name…</source>
        <translation>&amp;Umbenennen …</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;xportieren …</translation>
    </message>
    <message>
        <source>Copy it into a folder</source>
        <translation>In einen Ordner kopieren</translation>
    </message>
    <message>
        <source>&amp;Remove…</source>
        <translation>&amp;Entfernen …</translation>
    </message>
    <message>
        <source>&amp;Add a model…</source>
        <translation>Modell &amp;hinzufügen …</translation>
    </message>
    <message>
        <source>A published network, stronger than the built-in one</source>
        <translation>Ein veröffentlichtes Netz, stärker als das eingebaute</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren …</translation>
    </message>
    <message>
        <source>A model that was exported, or trained elsewhere</source>
        <translation>Ein exportiertes oder anderswo trainiertes Modell</translation>
    </message>
    <message>
        <source>&amp;Accept this model</source>
        <translation>Dieses Modell &amp;annehmen</translation>
    </message>
    <message>
        <source>A job is running.</source>
        <translation>Ein Auftrag läuft.</translation>
    </message>
    <message>
        <source>Rename a model</source>
        <translation>Ein Modell umbenennen</translation>
    </message>
    <message>
        <source>Name of {name} from now on:</source>
        <translation>Neuer Name von {name}:</translation>
    </message>
    <message>
        <source>Remove a model</source>
        <translation>Ein Modell entfernen</translation>
    </message>
    <message>
        <source>Remove the model “{name}” for good?</source>
        <translation>Das Modell „{name}“ endgültig entfernen?</translation>
    </message>
    <message numerus="yes">
        <source>Its codes of %Ln photo(s) go with it, and this can&apos;t be undone. Your photos stay untouched. Export it first if you may want it again.</source>
        <translation>
            <numerusform>Der Code von %Ln Foto geht mit, und das lässt sich nicht rückgängig machen. Die Fotos bleiben unberührt. Vorher exportieren, falls es noch einmal gebraucht wird.</numerusform>
            <numerusform>Die Codes von %Ln Fotos gehen mit, und das lässt sich nicht rückgängig machen. Die Fotos bleiben unberührt. Vorher exportieren, falls es noch einmal gebraucht wird.</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Folder of a model</source>
        <translation>Ordner eines Modells</translation>
    </message>
    <message>
        <source>Digest {digest}</source>
        <translation>Prüfsumme {digest}</translation>
    </message>
    <message numerus="yes">
        <source>Learned from %Ln photos</source>
        <translation>
            <numerusform>Gelernt aus %Ln Foto</numerusform>
            <numerusform>Gelernt aus %Ln Fotos</numerusform>
        </translation>
    </message>
    <message>
        <source>Came with Hammingbird</source>
        <translation>Mit Hammingbird geliefert</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>to be accepted</source>
        <translation>zur Annahme</translation>
    </message>
    <message>
        <source>A photo a line: its file name or path, a tab, its caption. Two columns that were copied from a spreadsheet are such a list. Several lines for one photo give it several captions.</source>
        <translation>Ein Foto je Zeile: Dateiname oder Pfad, ein Tabulator, der Bildtext. Zwei Spalten aus einer Tabellenkalkulation sind so eine Liste. Mehrere Zeilen zu einem Foto geben ihm mehrere Bildtexte.</translation>
    </message>
    <message>
        <source>IMG_0412.jpg	two dogs on a beach
lake/IMG_0413.jpg	Anna in the boat</source>
        <translation>IMG_0412.jpg	zwei Hunde am Strand
See/IMG_0413.jpg	Anna im Boot</translation>
    </message>
    <message>
        <source>Paste captions</source>
        <translation>Bildtexte einfügen</translation>
    </message>
    <message>
        <source>Captions, a photo a line</source>
        <translation>Bildtexte, ein Foto je Zeile</translation>
    </message>
    <message>
        <source>Take them</source>
        <translation>Übernehmen</translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s)</source>
        <translation>
            <numerusform>%Ln Bildtext</numerusform>
            <numerusform>%Ln Bildtexte</numerusform>
        </translation>
    </message>
    <message>
        <source>{lines} and others</source>
        <translation>{lines} und weiteren</translation>
    </message>
    <message>
        <source>There is no tab between a name and a caption in line {lines}.</source>
        <translation>Kein Tabulator zwischen Name und Bildtext in Zeile {lines}.</translation>
    </message>
    <message>
        <source>({count} megapixels)</source>
        <translation>({count} Megapixel)</translation>
    </message>
    <message>
        <source>Distance from the query</source>
        <translation>Abstand von der Suche</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>Dateigröße</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>Aufgenommen</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Copies</source>
        <translation>Kopien</translation>
    </message>
    <message numerus="yes">
        <source>%Ln files hold this photo</source>
        <translation>
            <numerusform>%Ln Datei enthält dieses Foto</numerusform>
            <numerusform>%Ln Dateien enthalten dieses Foto</numerusform>
        </translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Datenträger</translation>
    </message>
    <message>
        <source>offline: connect it to see the photo in full</source>
        <translation>offline: anschließen, um das Foto ganz zu sehen</translation>
    </message>
    <message>
        <source>Facts about the photo</source>
        <translation>Angaben zum Foto</translation>
    </message>
    <message>
        <source>Looking for photos</source>
        <translation>Fotos werden gesucht</translation>
    </message>
    <message>
        <source>Reading photos</source>
        <translation>Fotos werden gelesen</translation>
    </message>
    <message>
        <source>Reading captions</source>
        <translation>Bildtexte werden gelesen</translation>
    </message>
    <message>
        <source>Making codes</source>
        <translation>Codes entstehen</translation>
    </message>
    <message>
        <source>Downloading weights</source>
        <translation>Gewichte werden geladen</translation>
    </message>
    <message>
        <source>Looking at photos</source>
        <translation>Fotos werden angesehen</translation>
    </message>
    <message>
        <source>Fitting codes to your photos</source>
        <translation>Codes werden angepasst</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>Das Modell lernt</translation>
    </message>
    <message>
        <source>Measuring what was learned</source>
        <translation>Das Gelernte wird gemessen</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>a few seconds</source>
        <translation>ein paar Sekunden</translation>
    </message>
    <message numerus="yes">
        <source>about %Ln seconds</source>
        <translation>
            <numerusform>etwa %Ln Sekunde</numerusform>
            <numerusform>etwa %Ln Sekunden</numerusform>
        </translation>
    </message>
    <message>
        <source>about a minute</source>
        <translation>etwa eine Minute</translation>
    </message>
    <message numerus="yes">
        <source>about %Ln minutes</source>
        <translation>
            <numerusform>etwa %Ln Minute</numerusform>
            <numerusform>etwa %Ln Minuten</numerusform>
        </translation>
    </message>
    <message>
        <source>about {hours} h {minutes} min</source>
        <translation>etwa {hours} Std. {minutes} Min.</translation>
    </message>
    <message>
        <source>{duration} left</source>
        <translation>noch {duration}</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} von {total}</translation>
    </message>
    <message>
        <source>{rate} photos/s</source>
        <translation>{rate} Fotos/s</translation>
    </message>
    <message numerus="yes">
        <source>%Ln problem(s)</source>
        <translation>
            <numerusform>%Ln Problem</numerusform>
            <numerusform>%Ln Probleme</numerusform>
        </translation>
    </message>
    <message>
        <source>Paused ({phase})</source>
        <translation>Pause ({phase})</translation>
    </message>
    <message>
        <source>Progress of the job</source>
        <translation>Fortschritt des Auftrags</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pause after the photos in hand</source>
        <translation>Nach den Fotos in Arbeit anhalten</translation>
    </message>
    <message>
        <source>Stop; what is done is kept</source>
        <translation>Abbrechen; was fertig ist, bleibt</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Go on where it stopped</source>
        <translation>Dort fortsetzen, wo es aufgehört hat</translation>
    </message>
    <message>
        <source>Put this away</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Stopping… {text}</source>
        <translation>Es wird abgebrochen … {text}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Cancelled; what was done is kept.</source>
        <translation>Abgebrochen; was fertig ist, bleibt.</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Fertig.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Es wird abgebrochen …</translation>
    </message>
    <message>
        <source>Folders and problems</source>
        <translation>Ordner und Probleme</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>Im Dateimanager zeigen</translation>
    </message>
    <message>
        <source>Look for new and changed photos</source>
        <translation>Nach neuen und geänderten Fotos sehen</translation>
    </message>
    <message>
        <source>Forget this folder…</source>
        <translation>Diesen Ordner vergessen …</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Sort by</source>
        <translation>Sortieren nach</translation>
    </message>
    <message>
        <source>Size of the thumbnails (Ctrl + and -)</source>
        <translation>Größe der Vorschaubilder (Strg + und -)</translation>
    </message>
    <message>
        <source>Drop a photo to find similar ones,
or a folder to add it</source>
        <translation>Ein Foto ablegen, um ähnliche zu finden,
oder einen Ordner, um ihn hinzuzufügen</translation>
    </message>
    <message>
        <source>Put this message away</source>
        <translation>Meldung ausblenden</translation>
    </message>
    <message>
        <source>Your photos stay where they are: Hammingbird never moves, changes or uploads them.</source>
        <translation>Alle Fotos bleiben, wo sie sind: Hammingbird verschiebt, ändert und verschickt sie nie.</translation>
    </message>
    <message>
        <source>Find photos by likeness</source>
        <translation>Fotos nach Ähnlichkeit finden</translation>
    </message>
    <message>
        <source>Add a folder with photos, or drag one in here.</source>
        <translation>Einen Ordner mit Fotos hinzufügen oder hierher ziehen.</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>Back to the photos (Esc)</source>
        <translation>Zurück zu den Fotos (Esc)</translation>
    </message>
    <message>
        <source>Previous photo (Left)</source>
        <translation>Voriges Foto (Links)</translation>
    </message>
    <message>
        <source>Next photo (Right)</source>
        <translation>Nächstes Foto (Rechts)</translation>
    </message>
    <message>
        <source>Smaller (-)</source>
        <translation>Kleiner (-)</translation>
    </message>
    <message>
        <source>Larger (+)</source>
        <translation>Größer (+)</translation>
    </message>
    <message>
        <source>Whole photo (0)</source>
        <translation>Ganzes Foto (0)</translation>
    </message>
    <message>
        <source>Full size, pixel by pixel (1)</source>
        <translation>Volle Größe, Pixel für Pixel (1)</translation>
    </message>
    <message>
        <source>Facts about the photo (I)</source>
        <translation>Angaben zum Foto (I)</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>Foto</translation>
    </message>
    <message>
        <source>The disk with {folder} is offline; this is the thumbnail.</source>
        <translation>Der Datenträger mit {folder} ist offline; dies ist das Vorschaubild.</translation>
    </message>
    <message>
        <source>Read the chosen files again</source>
        <translation>Die ausgewählten Dateien noch einmal lesen</translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation>Alle noch einmal</translation>
    </message>
    <message>
        <source>Read all of these files again</source>
        <translation>Alle diese Dateien noch einmal lesen</translation>
    </message>
    <message>
        <source>Open the folder of the chosen file</source>
        <translation>Den Ordner der ausgewählten Datei öffnen</translation>
    </message>
    <message>
        <source>Every file could be read</source>
        <translation>Jede Datei war lesbar</translation>
    </message>
    <message>
        <source>Files that can&apos;t be read are listed here with the reason.</source>
        <translation>Hier stehen Dateien, die nicht lesbar sind, mit dem Grund.</translation>
    </message>
    <message>
        <source>Files that could not be read</source>
        <translation>Nicht lesbare Dateien</translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be read</source>
        <translation>
            <numerusform>%Ln Datei war nicht lesbar</numerusform>
            <numerusform>%Ln Dateien waren nicht lesbar</numerusform>
        </translation>
    </message>
    <message>
        <source>Query photos</source>
        <translation>Gesuchte Fotos</translation>
    </message>
    <message>
        <source>Largest distance shown, in bits</source>
        <translation>Größter gezeigter Abstand, in Bit</translation>
    </message>
    <message>
        <source>How far a neighbour may be: fewer bits, more alike</source>
        <translation>Wie weit ein Nachbar sein darf: je weniger Bit, desto ähnlicher</translation>
    </message>
    <message>
        <source>up to {distance}</source>
        <translation>bis {distance}</translation>
    </message>
    <message>
        <source>Clear the query</source>
        <translation>Suche beenden</translation>
    </message>
    <message>
        <source>only in {shown}</source>
        <translation>nur in {shown}</translation>
    </message>
    <message>
        <source>Search the whole library instead of {folder}</source>
        <translation>Statt in {folder} in der ganzen Bibliothek suchen</translation>
    </message>
    <message>
        <source>F2 writes a caption for all chosen photos at once: “at the lake”, “Anna”, “for the website”.</source>
        <translation>F2 schreibt allen ausgewählten Fotos auf einmal einen Bildtext: „am See“, „Anna“, „für die Website“.</translation>
    </message>
    <message>
        <source>In an answer, M says “more like this” and L “less like this”.</source>
        <translation>In einer Antwort sagt M „mehr davon“ und L „weniger davon“.</translation>
    </message>
    <message>
        <source>F5 reads captions and keywords that other programs wrote into photos, or into files beside them.</source>
        <translation>F5 liest Bildtexte und Stichwörter, die andere Programme in Fotos oder in Dateien daneben schrieben.</translation>
    </message>
    <message>
        <source>A table or a list of captions is taken in on the page of captions.</source>
        <translation>Eine Tabelle oder Liste von Bildtexten wird unter Bildtexte übernommen.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln of {photos} photos have captions, {captions} in all.</source>
        <translation>
            <numerusform>%Ln von {photos} Fotos hat Bildtexte, {captions} insgesamt.</numerusform>
            <numerusform>%Ln von {photos} Fotos haben Bildtexte, {captions} insgesamt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pair(s) told alike or not alike.</source>
        <translation>
            <numerusform>%Ln Paar ist als ähnlich oder unähnlich gemerkt.</numerusform>
            <numerusform>%Ln Paare sind als ähnlich oder unähnlich gemerkt.</numerusform>
        </translation>
    </message>
    <message>
        <source>{train} of these photos are learned from; {held_out} are held back to see whether it got better.</source>
        <translation>Gelernt wird aus {train} dieser Fotos; {held_out} werden zurückgehalten, um zu sehen, ob es besser wird.</translation>
    </message>
    <message>
        <source>{share} of the words are unknown to what reads the captions.</source>
        <translation>{share} der Wörter kennt das, was die Bildtexte liest, nicht.</translation>
    </message>
    <message>
        <source>Looking at photos and captions…</source>
        <translation>Fotos und Bildtexte werden angesehen …</translation>
    </message>
    <message>
        <source>This takes {duration} on {device}.</source>
        <translation>Das dauert {duration} ({device}).</translation>
    </message>
    <message>
        <source>There are no captions to learn from yet</source>
        <translation>Noch gibt es keine Bildtexte zum Lernen</translation>
    </message>
    <message>
        <source>A model learns from what is written about photos. A hundred captioned photos are a start:</source>
        <translation>Ein Modell lernt aus dem, was über Fotos geschrieben ist. Hundert Fotos mit Bildtext sind ein Anfang:</translation>
    </message>
    <message>
        <source>Go to the photos</source>
        <translation>Zu den Fotos</translation>
    </message>
    <message>
        <source>Captions…</source>
        <translation>Bildtexte …</translation>
    </message>
    <message>
        <source>A model is learning</source>
        <translation>Ein Modell lernt</translation>
    </message>
    <message>
        <source>A model is learning. What is to become of it?</source>
        <translation>Ein Modell lernt. Was soll daraus werden?</translation>
    </message>
    <message>
        <source>It can go on without the window; the next start finds it again.</source>
        <translation>Es kann ohne das Fenster weiterlernen; der nächste Start findet es wieder.</translation>
    </message>
    <message>
        <source>&amp;Let it go on</source>
        <translation>&amp;Weiterlernen lassen</translation>
    </message>
    <message>
        <source>&amp;Stop, keep the best so far</source>
        <translation>&amp;Beenden, das Beste behalten</translation>
    </message>
    <message>
        <source>&amp;Cancel the training</source>
        <translation>Training &amp;abbrechen</translation>
    </message>
    <message>
        <source>&amp;Don&apos;t close</source>
        <translation>&amp;Nicht schließen</translation>
    </message>
    <message>
        <source>before</source>
        <translation>vorher</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>Neighbours of {name}, {changes}</source>
        <translation>Nachbarn von {name}, {changes}</translation>
    </message>
    <message>
        <source>photo {number}</source>
        <translation>Foto {number}</translation>
    </message>
    <message>
        <source>fits {share}</source>
        <translation>passt zu {share}</translation>
    </message>
    <message>
        <source>{changed} of {count} new</source>
        <translation>{changed} von {count} neu</translation>
    </message>
    <message>
        <source>the same photos</source>
        <translation>dieselben Fotos</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>Alles zusammen</translation>
    </message>
    <message>
        <source>Distances as captions say</source>
        <translation>Abstände wie die Bildtexte</translation>
    </message>
    <message>
        <source>Spread of the codes (KL)</source>
        <translation>Streuung der Codes (KL)</translation>
    </message>
    <message>
        <source>Old distances kept</source>
        <translation>Alte Abstände gehalten</translation>
    </message>
    <message>
        <source>Neighbours of 10 that fit</source>
        <translation>Passende Nachbarn von 10</translation>
    </message>
    <message>
        <source>Other photos&apos; neighbours kept</source>
        <translation>Nachbarn anderer Fotos gehalten</translation>
    </message>
    <message>
        <source>Photos found by words</source>
        <translation>Über Wörter gefundene Fotos</translation>
    </message>
    <message>
        <source>Loss on the photos that it learns from: lower is better</source>
        <translation>Verlust auf den Fotos zum Lernen: weniger ist besser</translation>
    </message>
    <message>
        <source>Measures on photos held back: higher is better; a dot marks the best so far</source>
        <translation>Maße auf zurückgehaltenen Fotos: mehr ist besser; ein Punkt zeigt das bisher beste</translation>
    </message>
    <message>
        <source>Accepting it makes codes of all photos in the background. The old ones stay: you can go back at any time.</source>
        <translation>Beim Annehmen entstehen im Hintergrund Codes aller Fotos. Die alten bleiben: Es geht jederzeit zurück.</translation>
    </message>
    <message>
        <source>The new model is in use.</source>
        <translation>Das neue Modell ist in Gebrauch.</translation>
    </message>
    <message>
        <source>The new model is kept, and another one is in use.</source>
        <translation>Das neue Modell ist aufgehoben, ein anderes in Gebrauch.</translation>
    </message>
    <message>
        <source>The new model is not in the library any more.</source>
        <translation>Das neue Modell ist nicht mehr in der Bibliothek.</translation>
    </message>
    <message>
        <source>Copy the new model into a folder, for another library or computer</source>
        <translation>Das neue Modell in einen Ordner kopieren, für eine andere Bibliothek oder einen anderen Rechner</translation>
    </message>
    <message>
        <source>&amp;Keep the old model</source>
        <translation>Altes Modell &amp;behalten</translation>
    </message>
    <message>
        <source>&amp;Accept the new model</source>
        <translation>Neues Modell &amp;annehmen</translation>
    </message>
    <message>
        <source>&amp;Use the new model</source>
        <translation>Neues Modell &amp;verwenden</translation>
    </message>
    <message>
        <source>&amp;Go back to the old model</source>
        <translation>&amp;Zurück zum alten Modell</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>distance in bits</source>
        <translation>Abstand in Bit</translation>
    </message>
    <message>
        <source>Distances</source>
        <translation>Abstände</translation>
    </message>
    <message>
        <source>half of the fitting photos within {fitting}, half of the others within {other}</source>
        <translation>die Hälfte der passenden Fotos innerhalb von {fitting}, die Hälfte der anderen innerhalb von {other}</translation>
    </message>
    <message>
        <source>Under each photo its distance in bits; where captions say so, a bar for how well it fits. New neighbours are framed, those that are gone are faded.</source>
        <translation>Unter jedem Foto sein Abstand in Bit; wo Bildtexte es sagen, ein Balken dafür, wie gut es passt. Neue Nachbarn sind gerahmt, verschwundene blass.</translation>
    </message>
    <message>
        <source>Grey is before, coloured is now; dots are means, lines show where they lie with 95 % confidence.</source>
        <translation>Grau ist vorher, farbig ist jetzt; Punkte sind Mittelwerte, Linien zeigen, wo sie mit 95 % Sicherheit liegen.</translation>
    </message>
    <message>
        <source>The filled hill in front shows photos that fit by captions; the further left of the others, the better.</source>
        <translation>Der gefüllte Hügel vorn zeigt Fotos, die nach Bildtexten passen; je weiter links von den anderen, desto besser.</translation>
    </message>
    <message>
        <source>What was measured</source>
        <translation>Was gemessen wurde</translation>
    </message>
    <message>
        <source>Neighbours before and now</source>
        <translation>Nachbarn vorher und jetzt</translation>
    </message>
    <message>
        <source>Try another photo</source>
        <translation>Ein anderes Foto ausprobieren</translation>
    </message>
    <message>
        <source>Which held-out photos</source>
        <translation>Welche zurückgehaltenen Fotos</translation>
    </message>
    <message numerus="yes">
        <source>Chosen by chance (%Ln)</source>
        <translation>
            <numerusform>Zufällig gewählt (%Ln)</numerusform>
            <numerusform>Zufällig gewählt (%Ln)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Those that lost most (%Ln)</source>
        <translation>
            <numerusform>Am meisten verloren (%Ln)</numerusform>
            <numerusform>Am meisten verloren (%Ln)</numerusform>
        </translation>
    </message>
    <message>
        <source>{title}: before {before}, now {after}</source>
        <translation>{title}: vorher {before}, jetzt {after}</translation>
    </message>
    <message>
        <source>Before {before}
Now {after}
with 95 % confidence</source>
        <translation>Vorher {before}
Jetzt {after}
mit 95 % Sicherheit</translation>
    </message>
    <message>
        <source>{mean} ({low} to {high})</source>
        <translation>{mean} ({low} bis {high})</translation>
    </message>
    <message>
        <source>Steps of a retraining</source>
        <translation>Schritte des Anlernens</translation>
    </message>
    <message>
        <source>The hash head: quick, forgets least</source>
        <translation>Der Hash-Kopf: schnell, vergisst am wenigsten</translation>
    </message>
    <message>
        <source>The network&apos;s last stage too</source>
        <translation>Auch die letzte Stufe des Netzes</translation>
    </message>
    <message>
        <source>The whole network: slow</source>
        <translation>Das ganze Netz: langsam</translation>
    </message>
    <message>
        <source>Semantic similarity and empirical KL (2020)</source>
        <translation>Semantische Ähnlichkeit und empirische KL (2020)</translation>
    </message>
    <message>
        <source>SHREWD (2019)</source>
        <translation>SHREWD (2019)</translation>
    </message>
    <message>
        <source>OrthoHash, for captions that are classes</source>
        <translation>OrthoHash, für Bildtexte, die Klassen sind</translation>
    </message>
    <message>
        <source>Semantic centres, for captions that are classes</source>
        <translation>Semantische Zentren, für Bildtexte, die Klassen sind</translation>
    </message>
    <message>
        <source>Dual hinge, for captions that are classes</source>
        <translation>Dual Hinge, für Bildtexte, die Klassen sind</translation>
    </message>
    <message>
        <source>HashNet, for captions that are classes</source>
        <translation>HashNet, für Bildtexte, die Klassen sind</translation>
    </message>
    <message>
        <source>The model&apos;s own text tower</source>
        <translation>Der eigene Textturm des Modells</translation>
    </message>
    <message>
        <source>Words in common, without a network</source>
        <translation>Gemeinsame Wörter, ohne Netz</translation>
    </message>
    <message>
        <source>Another one…</source>
        <translation>Ein anderer …</translation>
    </message>
    <message>
        <source>Photos to learn from</source>
        <translation>Fotos zum Lernen</translation>
    </message>
    <message>
        <source>Time to learn in</source>
        <translation>Zeit zum Lernen</translation>
    </message>
    <message numerus="yes">
        <source>Up to %Ln minute(s)</source>
        <translation>
            <numerusform>Bis zu %Ln Minute</numerusform>
            <numerusform>Bis zu %Ln Minuten</numerusform>
        </translation>
    </message>
    <message>
        <source>Up to 1 hour</source>
        <translation>Bis zu 1 Stunde</translation>
    </message>
    <message>
        <source>named after the model before and the date</source>
        <translation>benannt nach dem vorigen Modell und dem Datum</translation>
    </message>
    <message>
        <source>What is trained</source>
        <translation>Was trainiert wird</translation>
    </message>
    <message>
        <source>Length of the codes</source>
        <translation>Länge der Codes</translation>
    </message>
    <message>
        <source>Caption encoder</source>
        <translation>Leser der Bildtexte</translation>
    </message>
    <message>
        <source>As many bits as now</source>
        <translation>So viele Bit wie jetzt</translation>
    </message>
    <message>
        <source>open_clip:NAME:FILE, or a folder of sentence-transformers</source>
        <translation>open_clip:NAME:DATEI, oder ein Ordner von sentence-transformers</translation>
    </message>
    <message>
        <source>Another caption encoder</source>
        <translation>Ein anderer Leser der Bildtexte</translation>
    </message>
    <message>
        <source>&amp;What is trained:</source>
        <translation>&amp;Was trainiert wird:</translation>
    </message>
    <message>
        <source>&amp;Objective:</source>
        <translation>&amp;Lernziel:</translation>
    </message>
    <message>
        <source>&amp;Codes:</source>
        <translation>&amp;Codes:</translation>
    </message>
    <message>
        <source>Captions are r&amp;ead by:</source>
        <translation>Bildtexte l&amp;iest:</translation>
    </message>
    <message>
        <source>&amp;Photos:</source>
        <translation>&amp;Fotos:</translation>
    </message>
    <message>
        <source>Captions:</source>
        <translation>Bildtexte:</translation>
    </message>
    <message>
        <source>&amp;Time:</source>
        <translation>&amp;Zeit:</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>More choices</source>
        <translation>Mehr einstellen</translation>
    </message>
    <message>
        <source>The folder {folder}</source>
        <translation>Der Ordner {folder}</translation>
    </message>
    <message numerus="yes">
        <source>The %Ln chosen photos</source>
        <translation>
            <numerusform>Das %Ln ausgewählte Foto</numerusform>
            <numerusform>Die %Ln ausgewählten Fotos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s) that say nothing are left out.</source>
        <translation>
            <numerusform>Ein nichtssagender Text bleibt außen vor.</numerusform>
            <numerusform>%Ln nichtssagende Texte bleiben außen vor.</numerusform>
        </translation>
    </message>
    <message>
        <source>A weak hint, for photos without any better words</source>
        <translation>Ein schwacher Hinweis, für Fotos ohne bessere Wörter</translation>
    </message>
    <message>
        <source>A folder of sentence-transformers</source>
        <translation>Ein Ordner von sentence-transformers</translation>
    </message>
    <message>
        <source>Teach what you mean by alike</source>
        <translation>Anlernen, was ähnlich heißt</translation>
    </message>
    <message>
        <source>A new model learns from your captions and from what you told alike. It is tried on photos that were held back, and you see both answers side by side. Nothing changes until you accept it, and you can go back.</source>
        <translation>Ein neues Modell lernt aus Bildtexten und aus dem, was als ähnlich gemerkt ist. Es wird an zurückgehaltenen Fotos erprobt, und beide Antworten stehen nebeneinander. Nichts ändert sich, bevor es angenommen ist, und es geht auch zurück.</translation>
    </message>
    <message>
        <source>Set up a retraining</source>
        <translation>Ein Training einrichten</translation>
    </message>
    <message>
        <source>&amp;Start teaching</source>
        <translation>&amp;Anlernen beginnen</translation>
    </message>
    <message>
        <source>A training goes on.</source>
        <translation>Ein Training läuft.</translation>
    </message>
    <message>
        <source>Set up</source>
        <translation>Einrichten</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>Zusehen</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Click any photo above, or find one here.</source>
        <translation>Oben ein Foto anklicken oder hier eines suchen.</translation>
    </message>
    <message>
        <source>Name or caption of a photo</source>
        <translation>Name oder Bildtext eines Fotos</translation>
    </message>
    <message>
        <source>Photo to try, by name or caption</source>
        <translation>Foto zum Ausprobieren, nach Name oder Bildtext</translation>
    </message>
    <message>
        <source>&amp;Use the photo chosen in the grid</source>
        <translation>Im Raster gewähltes &amp;Foto nehmen</translation>
    </message>
    <message>
        <source>Photos found</source>
        <translation>Gefundene Fotos</translation>
    </message>
    <message>
        <source>No photo that can be tried has these words.</source>
        <translation>Kein Foto, das sich ausprobieren lässt, hat diese Wörter.</translation>
    </message>
    <message>
        <source>better</source>
        <translation>besser</translation>
    </message>
    <message>
        <source>worse</source>
        <translation>schlechter</translation>
    </message>
    <message>
        <source>no clear change</source>
        <translation>kein klarer Unterschied</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>anders</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <source>{mean} points</source>
        <translation>{mean} Punkte</translation>
    </message>
    <message>
        <source>{mean}, most likely between {low} and {high}</source>
        <translation>{mean}, höchstwahrscheinlich zwischen {low} und {high}</translation>
    </message>
    <message>
        <source>{name} is recommended</source>
        <translation>{name} wird empfohlen</translation>
    </message>
    <message>
        <source>{name} is not recommended</source>
        <translation>{name} wird nicht empfohlen</translation>
    </message>
    <message>
        <source>Of 10 neighbours, {before} fitted before, {after} now.</source>
        <translation>Von 10 Nachbarn passten vorher {before}, jetzt {after}.</translation>
    </message>
    <message>
        <source>The difference most likely lies between {low} and {high}, so that it may be chance.</source>
        <translation>Der Unterschied liegt höchstwahrscheinlich zwischen {low} und {high}, er kann also Zufall sein.</translation>
    </message>
    <message>
        <source>The difference most likely lies between {low} and {high}.</source>
        <translation>Der Unterschied liegt höchstwahrscheinlich zwischen {low} und {high}.</translation>
    </message>
    <message>
        <source>Clearly worse: {measures}.</source>
        <translation>Klar schlechter: {measures}.</translation>
    </message>
    <message>
        <source>Nothing that was measured got clearly worse.</source>
        <translation>Nichts Gemessenes wurde klar schlechter.</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} Min. {seconds} s</translation>
    </message>
    <message>
        <source>Learnt from {train} photos in {took}; measured on {held_out} others that were held out.</source>
        <translation>Gelernt aus {train} Fotos in {took}; gemessen an {held_out} anderen, die zurückgehalten waren.</translation>
    </message>
    <message>
        <source>It begins as soon as the job is done that runs now.</source>
        <translation>Es beginnt, sobald der laufende Auftrag fertig ist.</translation>
    </message>
    <message>
        <source>What a few photos bring by now</source>
        <translation>Was einige Fotos bisher finden</translation>
    </message>
    <message>
        <source>A training</source>
        <translation>Ein Training</translation>
    </message>
    <message>
        <source>Progress of the training</source>
        <translation>Fortschritt des Trainings</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&amp;Stop and keep the best so far</source>
        <translation>&amp;Beenden und das Beste behalten</translation>
    </message>
    <message>
        <source>Learning ends now; then the best network so far is measured</source>
        <translation>Das Lernen endet jetzt; dann wird das bisher beste Netz gemessen</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>Stop; you can go on later from where it was</source>
        <translation>Abbrechen; später geht es an derselben Stelle weiter</translation>
    </message>
    <message>
        <source>The model learns</source>
        <translation>Das Modell lernt</translation>
    </message>
    <message>
        <source>Teaching “{name}”</source>
        <translation>„{name}“ lernt</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>Search: two dogs on a beach</source>
        <translation>Suchen: two dogs on a beach</translation>
    </message>
    <message>
        <source>Add words: in the snow</source>
        <translation>Wörter dazu: in the snow</translation>
    </message>
    <message>
        <source>Search by words</source>
        <translation>Mit Wörtern suchen</translation>
    </message>
    <message>
        <source>What is to be seen in the photo, or words of its caption or name (Ctrl+F)</source>
        <translation>Was auf dem Foto zu sehen ist (auf Englisch), oder Wörter aus Bildtext oder Name (Strg+F)</translation>
    </message>
    <message>
        <source>The setting “{title}” was changed.</source>
        <translation>Die Einstellung „{title}“ ist geändert.</translation>
    </message>
    <message>
        <source>the setting “{title}”</source>
        <translation>die Einstellung „{title}“</translation>
    </message>
    <message>
        <source>Clear the thumbnails</source>
        <translation>Vorschaubilder leeren</translation>
    </message>
    <message>
        <source>Clear the thumbnails and make them again?</source>
        <translation>Vorschaubilder leeren und neu anlegen?</translation>
    </message>
    <message>
        <source>All photos are read anew, which takes about as long as indexing them did. Until then the grid shows empty fields. Thumbnails of folders that are offline are kept.</source>
        <translation>Alle Fotos werden neu gelesen, das dauert etwa so lange wie das Einlesen. Bis dahin zeigt das Raster leere Felder. Vorschaubilder von Ordnern, die offline sind, bleiben.</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Backed up: {path} ({size})</source>
        <translation>Gesichert: {path} ({size})</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Of this window. Messages about files and jobs are in English.</source>
        <translation>Dieses Fensters. Meldungen über Dateien und Aufträge sind auf Englisch.</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Light, dark, or what the desktop prefers.</source>
        <translation>Hell, dunkel, oder was das System vorzieht.</translation>
    </message>
    <message>
        <source>*.png
Screenshots/
/2019/drafts/</source>
        <translation>*.png
Bildschirmfotos/
/2019/Entwürfe/</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Revert</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Photos that would be left out: {count}</source>
        <translation>Fotos, die ausgelassen würden: {count}</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>Prozesse</translation>
    </message>
    <message>
        <source>So many photos are read at the same time. Fewer leave more room for other programs; 0 takes as many as the computer has processors.</source>
        <translation>So viele Fotos werden gleichzeitig gelesen. Weniger lassen anderen Programmen mehr Platz; 0 nimmt so viele, wie der Rechner Prozessoren hat.</translation>
    </message>
    <message>
        <source>All processors ({count})</source>
        <translation>Alle Prozessoren ({count})</translation>
    </message>
    <message>
        <source>Memory of each process</source>
        <translation>Speicher je Prozess</translation>
    </message>
    <message>
        <source>A photo that needs more megabytes is listed under Problems; 0 takes what the largest allowed picture needs. Linux keeps to it; other systems know no such limit.</source>
        <translation>Ein Foto, das mehr Megabyte braucht, steht unter Probleme; 0 nimmt, was das größte erlaubte Bild braucht. Linux hält sich daran; andere Systeme kennen keine solche Grenze.</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>As the largest picture needs</source>
        <translation>Was das größte Bild braucht</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Rechnen auf</translation>
    </message>
    <message>
        <source>Where the model looks at photos while they are indexed. The processor is fast enough for most; Intel graphics (gpu) can help with large added models.</source>
        <translation>Womit das Modell Fotos beim Einlesen ansieht. Der Prozessor reicht meist; Intel-Grafik (gpu) kann bei großen hinzugefügten Modellen helfen.</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Intel graphics</source>
        <translation>Intel-Grafik</translation>
    </message>
    <message>
        <source>Pause on battery</source>
        <translation>Im Akkubetrieb ruhen</translation>
    </message>
    <message>
        <source>Jobs wait while the computer runs on its battery, and go on when it is plugged in.</source>
        <translation>Aufträge warten im Akkubetrieb und gehen am Netz weiter.</translation>
    </message>
    <message>
        <source>Watch the folders</source>
        <translation>Ordner beobachten</translation>
    </message>
    <message>
        <source>New, changed and deleted photos are noticed by themselves while Hammingbird is open.</source>
        <translation>Neue, geänderte und gelöschte Fotos werden von selbst bemerkt, solange Hammingbird offen ist.</translation>
    </message>
    <message>
        <source>Look at network drives every</source>
        <translation>Netzlaufwerke ansehen alle</translation>
    </message>
    <message>
        <source>Network drives don&apos;t tell of changes, so Hammingbird looks through them this often, in minutes.</source>
        <translation>Netzlaufwerke melden keine Änderungen, darum werden sie so oft durchgesehen, in Minuten.</translation>
    </message>
    <message>
        <source> min</source>
        <translation> Min.</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>Auslassen</translation>
    </message>
    <message>
        <source>Photos whose path below a folder fits one of these patterns are not shown and not found. What was written about them is kept, and they come back when the pattern goes.</source>
        <translation>Fotos, deren Pfad im Ordner zu einem dieser Muster passt, werden nicht gezeigt und nicht gefunden. Was über sie geschrieben ist, bleibt, und ohne das Muster kommen sie wieder.</translation>
    </message>
    <message>
        <source>Largest picture</source>
        <translation>Größtes Bild</translation>
    </message>
    <message>
        <source>Pictures with more megapixels are not read; they are listed under Problems.</source>
        <translation>Bilder mit mehr Megapixeln werden nicht gelesen; sie stehen unter Probleme.</translation>
    </message>
    <message>
        <source> megapixels</source>
        <translation> Megapixel</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Forget…</source>
        <translation>Vergessen …</translation>
    </message>
    <message>
        <source>Photos in these folders are found. They are only read, never moved or changed.</source>
        <translation>Fotos in diesen Ordnern werden gefunden. Sie werden nur gelesen, nie verschoben oder geändert.</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>Einlesen</translation>
    </message>
    <message>
        <source>What was noticed is indexed at once, when the computer has little else to do, or only when you ask for it.</source>
        <translation>Bemerktes wird sofort eingelesen, wenn der Rechner wenig zu tun hat, oder nur auf Wunsch.</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>Sofort</translation>
    </message>
    <message>
        <source>When the computer is idle</source>
        <translation>Wenn der Rechner ruht</translation>
    </message>
    <message>
        <source>Only when I ask for it (F5)</source>
        <translation>Nur auf Wunsch (F5)</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Abschnitte</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Performance</source>
        <translation>Leistung</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Speicherplatz</translation>
    </message>
    <message>
        <source>Changes count at once; Ctrl+Z in the window takes the last one back.</source>
        <translation>Änderungen gelten sofort; Strg+Z im Fenster nimmt die letzte zurück.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen …</translation>
    </message>
    <message>
        <source>Clear…</source>
        <translation>Leeren …</translation>
    </message>
    <message>
        <source>Thumbnails</source>
        <translation>Vorschaubilder</translation>
    </message>
    <message>
        <source>Small copies of your photos, which the window shows and the model reads. Cleared ones are made again from the photos; those of folders that are offline are kept.</source>
        <translation>Kleine Kopien der Fotos, die das Fenster zeigt und das Modell liest. Geleerte entstehen neu aus den Fotos; die von Ordnern, die offline sind, bleiben.</translation>
    </message>
    <message>
        <source>Backups go to</source>
        <translation>Sicherungen nach</translation>
    </message>
    <message>
        <source>A backup holds your folders, captions, pairs and codes, but no photos. Without a folder of your own choice it lies in the library&apos;s.</source>
        <translation>Eine Sicherung enthält Ordner, Bildtexte, Paare und Codes, aber keine Fotos. Ohne eigene Wahl liegt sie im Ordner der Bibliothek.</translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>Jetzt sichern</translation>
    </message>
    <message>
        <source>Show the backups</source>
        <translation>Sicherungen zeigen</translation>
    </message>
    <message>
        <source>Backup</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>With a folder of your own choice, indexing makes a backup by itself, once a day at most. The last ten are kept. To go back to one: hammingbird backup --restore FILE</source>
        <translation>Mit einem eigenen Ordner entsteht beim Einlesen von selbst eine Sicherung, höchstens einmal am Tag. Die letzten zehn bleiben. Zurück zu einer: hammingbird backup --restore DATEI</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>All that Hammingbird knows lies here, and nowhere among your photos.</source>
        <translation>Alles, was Hammingbird weiß, liegt hier und nirgends zwischen den Fotos.</translation>
    </message>
    <message>
        <source>{size} on the disk, photos: {count}</source>
        <translation>{size} auf dem Datenträger, Fotos: {count}</translation>
    </message>
    <message>
        <source>The last backup: {path}</source>
        <translation>Letzte Sicherung: {path}</translation>
    </message>
    <message>
        <source>There is no backup yet.</source>
        <translation>Es gibt noch keine Sicherung.</translation>
    </message>
    <message>
        <source>Backing up…</source>
        <translation>Wird gesichert …</translation>
    </message>
</context>
</TS>
