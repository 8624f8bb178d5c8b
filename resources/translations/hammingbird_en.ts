<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name></name>
    <message numerus="yes">
        <source>These are %Ln photos: the first {most} of them are asked about.</source>
        <translation>
            <numerusform>These are %Ln photos: the first {most} of them are asked about.</numerusform>
            <numerusform>These are %Ln photos: the first {most} of them are asked about.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{names} and %Ln more</source>
        <translation>
            <numerusform>{names} and %Ln more</numerusform>
            <numerusform>{names} and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Its %Ln photo(s) will no longer be found.</source>
        <translation>
            <numerusform>Its one photo will no longer be found.</numerusform>
            <numerusform>Its %Ln photos will no longer be found.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) of {folder} can&apos;t be found any more. Are they gone, or is a disk missing? Until you say so, they stay in the library.</source>
        <translation>
            <numerusform>One file of {folder} can&apos;t be found any more. Is it gone, or is a disk missing? Until you say so, it stays in the library.</numerusform>
            <numerusform>%Ln files of {folder} can&apos;t be found any more. Are they gone, or is a disk missing? Until you say so, they stay in the library.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln bit(s)</source>
        <translation>
            <numerusform>%Ln bit</numerusform>
            <numerusform>%Ln bits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln copies</source>
        <translation>
            <numerusform>%Ln copy</numerusform>
            <numerusform>%Ln copies</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>these %Ln</source>
        <translation>
            <numerusform>these %Ln</numerusform>
            <numerusform>these %Ln</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln neighbour(s)</source>
        <translation>
            <numerusform>%Ln neighbour</numerusform>
            <numerusform>%Ln neighbours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s)</source>
        <translation>
            <numerusform>%Ln photo</numerusform>
            <numerusform>%Ln photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The nearest %Ln photos</source>
        <translation>
            <numerusform>The nearest %Ln photos</numerusform>
            <numerusform>The nearest %Ln photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{photos}, %Ln chosen</source>
        <translation>
            <numerusform>{photos}, %Ln chosen</numerusform>
            <numerusform>{photos}, %Ln chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copied %Ln path(s).</source>
        <translation>
            <numerusform>Copied the path.</numerusform>
            <numerusform>Copied %Ln paths.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copied %Ln photos.</source>
        <translation>
            <numerusform>Copied %Ln photos.</numerusform>
            <numerusform>Copied %Ln photos.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photos have got the caption “{text}”.</source>
        <translation>
            <numerusform>%Ln photos have got the caption “{text}”.</numerusform>
            <numerusform>%Ln photos have got the caption “{text}”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>caption of %Ln photos</source>
        <translation>
            <numerusform>caption of %Ln photos</numerusform>
            <numerusform>caption of %Ln photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Noted: %Ln photo(s) like what you asked for. Retraining learns from it.</source>
        <translation>
            <numerusform>Noted: 1 photo is like what you asked for. Retraining learns from it.</numerusform>
            <numerusform>Noted: %Ln photos are like what you asked for. Retraining learns from it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Noted: %Ln photo(s) not like what you asked for. Retraining learns from it.</source>
        <translation>
            <numerusform>Noted: 1 photo is not like what you asked for. Retraining learns from it.</numerusform>
            <numerusform>Noted: %Ln photos are not like what you asked for. Retraining learns from it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Caption of %Ln photos</source>
        <translation>
            <numerusform>Caption of %Ln photos</numerusform>
            <numerusform>Caption of %Ln photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>&amp;Show the %Ln without</source>
        <translation>
            <numerusform>&amp;Show the one without</numerusform>
            <numerusform>&amp;Show the %Ln without</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Its codes of %Ln photo(s) go with it, and this can&apos;t be undone. Your photos stay untouched. Export it first if you may want it again.</source>
        <translation>
            <numerusform>Its codes of %Ln photo go with it, and this can&apos;t be undone. Your photos stay untouched. Export it first if you may want it again.</numerusform>
            <numerusform>Its codes of %Ln photos go with it, and this can&apos;t be undone. Your photos stay untouched. Export it first if you may want it again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Learned from %Ln photos</source>
        <translation>
            <numerusform>Learned from %Ln photos</numerusform>
            <numerusform>Learned from %Ln photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s)</source>
        <translation>
            <numerusform>%Ln caption</numerusform>
            <numerusform>%Ln captions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln files hold this photo</source>
        <translation>
            <numerusform>%Ln files hold this photo</numerusform>
            <numerusform>%Ln files hold this photo</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln seconds</source>
        <translation>
            <numerusform>about %Ln seconds</numerusform>
            <numerusform>about %Ln seconds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln minutes</source>
        <translation>
            <numerusform>about %Ln minutes</numerusform>
            <numerusform>about %Ln minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln problem(s)</source>
        <translation>
            <numerusform>%Ln problem</numerusform>
            <numerusform>%Ln problems</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be read</source>
        <translation>
            <numerusform>%Ln file could not be read</numerusform>
            <numerusform>%Ln files could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of {photos} photos have captions, {captions} in all.</source>
        <translation>
            <numerusform>1 photo has captions, {captions} in all.</numerusform>
            <numerusform>%Ln of {photos} photos have captions, {captions} in all.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pair(s) told alike or not alike.</source>
        <translation>
            <numerusform>1 pair was told alike or not alike.</numerusform>
            <numerusform>%Ln pairs were told alike or not alike.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Chosen by chance (%Ln)</source>
        <translation>
            <numerusform>Chosen by chance (%Ln)</numerusform>
            <numerusform>Chosen by chance (%Ln)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Those that lost most (%Ln)</source>
        <translation>
            <numerusform>Those that lost most (%Ln)</numerusform>
            <numerusform>Those that lost most (%Ln)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Up to %Ln minute(s)</source>
        <translation>
            <numerusform>Up to %Ln minute</numerusform>
            <numerusform>Up to %Ln minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %Ln chosen photos</source>
        <translation>
            <numerusform>The %Ln chosen photos</numerusform>
            <numerusform>The %Ln chosen photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s) that say nothing are left out.</source>
        <translation>
            <numerusform>One text that says nothing is left out.</numerusform>
            <numerusform>%Ln texts that say nothing are left out.</numerusform>
        </translation>
    </message>
</context>
</TS>
